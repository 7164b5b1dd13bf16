# Makes the two estimation_*.csv files beside it: run `Rscript estimation.R` in this folder.
# Needs R and its package survival only; the data are invented here.
# Nothing in the tests needs R: they read the files.
suppressMessages(library(survival))
made_by <- paste0("# ", R.version.string, ", survival ", packageVersion("survival"), ", by estimation.R")
num <- function(x) ifelse(is.na(x) | is.nan(x) | is.infinite(x), "NA", trimws(formatC(x, digits = 16, format = "g")))
write <- function(lines, file) writeLines(c(made_by, lines), file)

cases <- list(
  flat_at_half_of_4        = list(1:4, c(1, 1, 1, 1)),
  flat_at_half_of_6        = list(1:6, c(1, 1, 1, 1, 0, 1)),
  flat_at_half_to_the_end  = list(1:4, c(1, 1, 0, 0)),
  flat_after_ties          = list(c(3, 3, 3, 8, 9, 9), c(1, 1, 1, 1, 0, 1)),
  flat_at_a_quarter        = list(c(2, 4, 6, 8, 10, 12, 14, 16), c(1, 1, 1, 0, 1, 1, 0, 0)),
  event_before_censoring   = list(c(5, 5, 5, 7), c(0, 1, 0, 1)),
  last_is_event            = list(c(2, 3, 5, 8, 13), c(1, 0, 1, 0, 1)),
  last_is_censored         = list(c(2, 3, 5, 8, 13), c(1, 1, 1, 0, 0)),
  last_time_event_and_censoring = list(c(1, 4, 9, 9), c(1, 1, 1, 0)),
  all_censored             = list(c(1, 2, 3, 3), c(0, 0, 0, 0)),
  all_at_one_time          = list(c(7, 7, 7), c(1, 1, 1)),
  one_event                = list(4, 1),
  one_censored             = list(4, 0),
  two_events               = list(c(3, 5), c(1, 1)),
  event_then_censored      = list(c(3, 5), c(1, 0)),
  censored_then_event      = list(c(3, 5), c(0, 1)),
  zero_time_event          = list(c(0, 0, 1, 2), c(1, 0, 1, 1)),
  zero_time_censored       = list(c(0, 0, 1, 2), c(0, 0, 1, 0)),
  times_equal_but_for_rounding = list(c(0.1 + 0.2, 0.3, 1.1 * 3, 3.3, 5), c(1, 1, 1, 0, 1)),
  heavy_ties               = list(rep(c(1, 2, 3), c(8, 8, 8)), rep(c(1, 1, 0, 1), 6)),
  early_then_late          = list(c(1, 1, 2, 30, 31, 60, 61, 90), c(1, 1, 1, 0, 0, 1, 0, 1)),
  freireich_6mp            = list(c(6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
                                  rep(c(1, 0), c(9, 12)))
)
set.seed(20050201)
for (i in 1:14) {
  n <- sample(5:16, 1)
  scale <- if (i %% 2) 1 else 30.4375
  cases[[paste0("invented_", i)]] <-
    list(sample(0:(if (i <= 7) 8 else 200), n, replace = TRUE) / scale, rbinom(n, 1, c(.9, .5, .3)[i %% 3 + 1]))
}

curves <- "case,times,events,interval,survival,std_error,lower,upper,q25,q50,q75"
join <- function(x) paste(num(x), collapse = " ")
for (name in names(cases)) {
  time <- cases[[name]][[1]]; event <- cases[[name]][[2]]
  for (type in c("log-log", "log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, conf.type = type)
    q <- quantile(fit, c(.25, .5, .75))
    at <- function(k) join(c(q$quantile[k], q$lower[k], q$upper[k]))
    first <- type == "log-log"
    curves <- c(curves, paste(name, if (first) join(time) else "", if (first) join(event) else "", type,
      if (first) join(fit$surv) else "", if (first) join(ifelse(fit$surv > 0, fit$surv * fit$std.err, NA)) else "",
      join(fit$lower), join(fit$upper), at(1), at(2), at(3), sep = ","))
  }
}
write(curves, "estimation_curves.csv")

# Tests and intervals on small invented samples. Columns: what, first sample, second sample, level, answers.
rows <- "what,first,second,level,answers"
add <- function(what, a, b, level, answers)
  rows <<- c(rows, paste(what, join(a), join(b), level, join(answers), sep = ","))
for (kn in list(c(0, 32), c(9, 32), c(32, 32), c(1, 1), c(3, 8), c(22, 74), c(9, 35), c(1, 1000))) for (level in c(.8, .95, .99)) {
  add("exact", kn[1], kn[2], level, binom.test(kn[1], kn[2], conf.level = level)$conf.int)
  add("wilson", kn[1], kn[2], level, suppressWarnings(prop.test(kn[1], kn[2], conf.level = level, correct = FALSE)$conf.int))
}
for (tab in list(c(9, 23, 3, 30), c(1, 9, 8, 2), c(0, 5, 5, 0), c(5, 5, 5, 5), c(14, 0, 9, 6)))
  add("fisher", tab[1:2], tab[3:4], .95, fisher.test(matrix(tab, 2, byrow = TRUE))$p.value)
for (i in 1:8) {
  a <- round(rnorm(sample(5:9, 1), 10, 3), 2); b <- round(rnorm(sample(5:9, 1), 11, 1), 2)
  k <- min(length(a), length(b)); first <- a[1:k]; then <- b[1:k]
  w <- t.test(a, b); one <- t.test(a)
  add("welch", a, b, .95, c(mean(a) - mean(b), w$conf.int, w$parameter, w$p.value))
  add("mean", a, 0, .95, c(mean(a), sd(a), one$conf.int))
  if (!any(duplicated(c(a, b)))) add("ranksum", a, b, .95, c(wilcox.test(a, b)$statistic, wilcox.test(a, b)$p.value))
  if (!any(duplicated(abs(then - first)))) {
    signed <- wilcox.test(then, first, paired = TRUE)
    add("signedrank", first, then, .95, c(signed$statistic, signed$p.value))
  }
}
tied_a <- c(1, 2, 2, 3, 4, 4, 4, 5); tied_b <- c(2, 3, 4, 5, 5, 6, 7)
tied <- suppressWarnings(wilcox.test(tied_a, tied_b))
add("ranksum", tied_a, tied_b, .95, c(tied$statistic, tied$p.value))
before <- rep(c(5, 6, 7, 8), 5); after <- before + c(1, 2, -1, 3, 1, 2, 2, -2, 1, 4, 0, 1, 2, -3, 1, 1, 2, 5, 1, 3)
many <- suppressWarnings(wilcox.test(after, before, paired = TRUE))
add("signedrank", before, after, .95, c(many$statistic, many$p.value))
write(rows, "estimation_tests.csv")
