# One Kaplan-Meier curve with its log-log limits, as the manual of R's package survival shows it; only the fit is timed.
# Called by benchmarks/estimation.py: Rscript survfit_one.R FILE REPEATS, where FILE holds n times and then n event
# marks as doubles. Prints the least processor seconds of one fit and the median it found.
suppressMessages(library(survival))
given <- commandArgs(trailingOnly = TRUE)
both <- matrix(readBin(given[1], "double", n = file.size(given[1]) / 8), ncol = 2)
time <- both[, 1]; event <- both[, 2]
spent <- Inf
for (i in seq_len(as.integer(given[2]))) {
  start <- proc.time()
  fit <- survfit(Surv(time, event) ~ 1, conf.type = "log-log")
  took <- proc.time() - start
  spent <- min(spent, took[["user.self"]] + took[["sys.self"]])
}
cat(format(spent, digits = 6), format(quantile(fit, 0.5)$quantile, digits = 15), "\n")
