# Many Kaplan-Meier curves, each with its median and log-log limits, as the manual of R's package survival shows it.
# Called by benchmarks/estimation.py: Rscript survfit_many.R FILE K N, where FILE holds k rows of n times and then
# k rows of n event marks as doubles. Prints the processor seconds of all k fits, then median, lower and upper of each.
suppressMessages(library(survival))
given <- commandArgs(trailingOnly = TRUE)
k <- as.integer(given[2]); n <- as.integer(given[3])
both <- readBin(given[1], "double", n = 2 * k * n)
times <- matrix(both[1:(k * n)], nrow = n); events <- matrix(both[k * n + 1:(k * n)], nrow = n)
found <- matrix(NA_real_, k, 3)
start <- proc.time()
for (i in seq_len(k)) {
  fit <- survfit(Surv(times[, i], events[, i]) ~ 1, conf.type = "log-log")
  q <- quantile(fit, 0.5)
  found[i, ] <- c(q$quantile, q$lower, q$upper)
}
took <- proc.time() - start
cat(format(took[["user.self"]] + took[["sys.self"]], digits = 6), "\n")
write.table(format(found, digits = 17), quote = FALSE, row.names = FALSE, col.names = FALSE)
