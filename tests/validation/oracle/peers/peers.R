# Makes r.csv beside it: run `Rscript peers.R` in this folder. R's answers to asked.csv; needs R and its package survival.
suppressMessages(library(survival))
made_by <- paste0("# ", R.version.string, ", survival ", packageVersion("survival"), ", by peers.R")
num <- function(x) ifelse(is.na(x) | is.nan(x) | is.infinite(x), "NA", trimws(formatC(x, digits = 17, format = "g")))
asked <- read.csv("asked.csv", colClasses = "character")
values <- function(cell) as.numeric(strsplit(cell, " ")[[1]])
rows <- "id,what,answers"
for (i in seq_len(nrow(asked))) {
  a <- values(asked$first[i]); b <- values(asked$second[i]); c3 <- values(asked$third[i])
  found <- suppressWarnings(switch(asked$what[i],
    median = { q <- quantile(survfit(Surv(a, b) ~ 1, conf.type = "log-log"), .5); c(q$quantile, q$lower, q$upper) },
    hazards = coef(coxph(Surv(a, b) ~ c3, control = coxph.control(eps = 1e-14, toler.chol = 1e-15))),
    incidence = { s <- summary(survfit(Surv(a, factor(b, 0:2)) ~ 1), times = 6); c(s$pstate[2], s$std.err[2]) },
    spearman = , kendall = { t <- cor.test(a, b, method = asked$what[i]); c(t$estimate, t$p.value) },
    mann_whitney = { t <- wilcox.test(a, b); c(t$statistic, t$p.value) },
    signed_rank = { t <- wilcox.test(b, a, paired = TRUE); c(t$statistic, t$p.value) },
    fisher = { t <- fisher.test(rbind(a, b)); c(t$p.value, t$estimate) }))
  rows <- c(rows, paste(asked$id[i], asked$what[i], paste(num(as.numeric(found)), collapse = " "), sep = ","))
}
writeLines(c(made_by, rows), "r.csv")
