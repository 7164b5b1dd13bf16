# Makes small.csv beside it: run `Rscript small.R` in this folder. Small and degenerate samples, invented or from textbooks,
# which stand in the file with R's answers. Needs R and its package survival; the tests only read the file.
suppressMessages(library(survival))
made_by <- paste0("# ", R.version.string, ", survival ", packageVersion("survival"), ", by small.R")
num <- function(x) ifelse(is.na(x) | is.nan(x) | is.infinite(x), "NA", trimws(formatC(x, digits = 17, format = "g")))
join <- function(x) paste(num(as.numeric(x)), collapse = " ")
weeks <- c(6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35,
           1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
# Each: times, events, groups (for the log-rank test and as covariate of Cox's model), causes (0: censored).
cases <- list(
  flat_at_half             = list(1:4, c(1, 1, 1, 1), c(1, 1, 2, 2), c(1, 2, 1, 2)),
  flat_at_half_to_the_end  = list(1:4, c(1, 1, 0, 0), c(1, 2, 1, 2), c(1, 1, 0, 0)),
  flat_at_half_of_two      = list(c(5, 9), c(1, 0), c(1, 2), c(1, 0)),
  flat_at_half_of_six      = list(1:6, c(1, 1, 1, 1, 0, 1), c(1, 2, 1, 2, 1, 2), c(1, 2, 1, 2, 0, 1)),
  all_censored             = list(c(1, 2, 3, 3), c(0, 0, 0, 0), c(1, 1, 2, 2), c(0, 0, 0, 0)),
  all_censored_at_zero     = list(c(0, 0, 0), c(0, 0, 0), c(1, 2, 1), c(0, 0, 0)),
  all_events_at_zero       = list(c(0, 0, 0), c(1, 1, 1), c(1, 2, 1), c(1, 2, 1)),
  one_event                = list(c(2, 4, 7, 9), c(0, 1, 0, 0), c(1, 2, 1, 2), c(0, 1, 0, 0)),
  one_subject_with_event   = list(4, 1, 1, 1),
  one_subject_censored     = list(4, 0, 1, 0),
  one_subject_at_zero      = list(0, 0, 1, 0),
  ties_everywhere          = list(rep(3, 8), c(1, 1, 0, 1, 0, 0, 1, 1), rep(1:2, 4), c(1, 2, 0, 1, 0, 0, 2, 1)),
  ties_at_three_times      = list(rep(c(1, 2, 3), each = 6), rep(c(1, 0, 1), 6), rep(1:2, 9), rep(c(1, 0, 2), 6)),
  ties_all_events          = list(rep(c(2, 4), each = 5), rep(1, 10), rep(1:2, 5), rep(1:2, 5)),
  last_time_event_and_censoring = list(c(1, 4, 9, 9), c(1, 1, 1, 0), c(1, 2, 1, 2), c(1, 2, 1, 0)),
  groups_never_at_risk_together = list(c(1, 2, 5, 6), c(0, 0, 1, 1), c(1, 1, 2, 2), c(0, 0, 1, 1)),
  rounding_makes_no_times  = list(c(0.1 + 0.2, 0.3, 1.1 * 3, 3.3, 5), c(1, 1, 1, 0, 1), c(1, 2, 1, 2, 1), c(1, 2, 1, 0, 1)),
  three_groups             = list(c(3, 5, 7, 2, 18, 16, 2, 9, 12, 20, 11, 4), c(0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1),
                                  rep(1:3, 4), c(0, 1, 2, 1, 0, 1, 2, 1, 2, 0, 1, 1)),
  months_of_days           = list(c(31, 58, 61, 92, 120, 183, 184, 275, 300, 365) / 30.4375,
                                  c(1, 0, 1, 1, 0, 1, 1, 0, 1, 0), rep(1:2, 5), c(1, 0, 2, 1, 0, 2, 1, 0, 1, 0)),
  freireich_1963           = list(weeks, c(rep(1:0, c(9, 12)), rep(1, 21)), rep(1:2, each = 21), c(rep(1:0, c(9, 12)), rep(2, 21)))
)
rows <- "case,estimator,key,times,events,groups,causes,answers"
for (name in names(cases)) {
  case <- cases[[name]]; time <- case[[1]]; event <- case[[2]]; group <- case[[3]]; cause <- case[[4]]
  given <- FALSE
  ask <- function(estimator, key, answers) {
    data <- if (given) c("", "", "", "") else c(join(time), join(event), join(group), join(cause))
    given <<- TRUE
    rows <<- c(rows, paste(c(name, estimator, key, data, join(answers)), collapse = ","))
  }
  for (type in c("log-log", "log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, conf.type = type)
    for (p in c(.25, .5, .75)) { q <- quantile(fit, p); ask("kaplan_meier quantile", paste(type, p), c(q$quantile, q$lower, q$upper)) }
    for (at in unique(fit$time)[seq(1, length(unique(fit$time)), length.out = min(3, length(unique(fit$time))))]) {
      s <- summary(fit, times = at + 1e-9, extend = TRUE)
      ask("kaplan_meier rate", paste(type, num(at)), c(s$surv, ifelse(s$surv > 0, s$std.err, NA), s$lower, s$upper))
    }
  }
  if (max(time) > 0) {
    area <- summary(survfit(Surv(time, event) ~ 1), rmean = max(time))$table[c("rmean", "se(rmean)")]
    ask("restricted_mean", num(max(time)), area)
    expected <- 0.5^(time / 5)
    one <- survdiff(Surv(time, event) ~ offset(expected))
    ask("one_sample_log_rank", 5, c(one$obs, one$exp, one$chisq, poisson.test(sum(event), sum(-log(expected)))$conf.int))
  }
  if (length(unique(group)) > 1 && sum(event) > 0 && !name %in% c("groups_never_at_risk_together")) {
    # Where nothing can be tested survdiff stops with an error; we say why there is no number.
    test <- tryCatch(survdiff(Surv(time, event) ~ group), error = function(e) NULL)
    if (!is.null(test)) ask("log_rank", "", c(test$chisq, length(test$n) - 1, pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE), sort(test$exp)))
    for (ties in c("efron", "breslow")) {
      warned <- FALSE
      fit <- withCallingHandlers(
        coxph(Surv(time, event) ~ group, ties = ties, control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)),
        warning = function(w) { warned <<- TRUE; invokeRestart("muffleWarning") })
      if (!warned && !is.na(coef(fit)))
        ask("proportional_hazards", ties, c(coef(fit), sqrt(vcov(fit)), fit$loglik, 2 * diff(fit$loglik), fit$wald.test, fit$score))
    }
  }
  if (length(unique(cause[cause > 0])) > 1) {
    for (type in c("log-log", "log", "plain")) {
      fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, conf.type = type)
      for (at in unique(time)[1:min(3, length(unique(time)))]) for (j in 1:2) {
        s <- summary(fit, times = at + 1e-9, extend = TRUE)
        ask("cumulative_incidence", paste(type, num(at), j), c(s$pstate[j + 1], s$std.err[j + 1],
            if (s$pstate[j + 1] > 0) c(s$lower[j + 1], s$upper[j + 1]) else c(NA, NA)))
      }
    }
  }
}
writeLines(c(made_by, rows), "small.csv")
