# Makes the answers_*.csv files beside it: run `Rscript survival.R` in this folder, with TRIALWRIGHT_CORPUS naming the
# data folder. What is asked stands in sets.csv and values.csv; only R's numbers are written, none of the data.
# Needs R and its package survival. Nothing in the tests needs R: they read the files.
suppressMessages(library(survival))
made_by <- paste0("# ", R.version.string, ", survival ", packageVersion("survival"), ", by survival.R")
num <- function(x) ifelse(is.na(x) | is.nan(x) | is.infinite(x), "NA", trimws(formatC(x, digits = 17, format = "g")))
join <- function(x) paste(num(as.numeric(x)), collapse = " ")
quiet <- suppressWarnings

folder <- tempfile(); dir.create(folder)
unzip(file.path(Sys.getenv("TRIALWRIGHT_CORPUS"), "survival", "survival_csv.zip"), exdir = folder)
read_set <- function(name, where) {
  data <- read.csv(file.path(folder, paste0(name, ".csv")), colClasses = "character", check.names = FALSE)
  data[data == "" | is.na(data)] <- NA
  if (where == "") return(data)
  rule <- strsplit(where, "=")[[1]]
  data[!is.na(data[[rule[1]]]) & data[[rule[1]]] == rule[2], ]
}
words <- function(cell) if (is.na(cell) || cell == "") character(0) else strsplit(cell, " ")[[1]]
read_asked <- function(file) { a <- read.csv(file, colClasses = "character"); a[is.na(a)] <- ""; a }
collect <- function() { rows <- character(0)
  list(add = function(...) rows <<- c(rows, paste(..., sep = ",")), all = function() rows) }

# ---- time to event
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 200, outer.max = 50)
asked <- read_asked("sets.csv")
out <- collect()
for (i in seq_len(nrow(asked))) {
  a <- asked[i, ]
  data <- read_set(a$set, a$where)
  time <- as.numeric(data[[a$time]])
  if (a$minus != "") time <- time - as.numeric(data[[a$minus]])
  if (a$event == "") happened <- rep(TRUE, length(time)) else {
    happened <- data[[a$event]] %in% words(a$happened)
    time[is.na(data[[a$event]])] <- NA
  }
  known <- !is.na(time) & time >= 0
  data <- data[known, ]; time <- time[known]; event <- as.numeric(happened[known])
  name <- paste(a$set, a$time, sep = ":"); if (a$where != "") name <- paste0(name, "[", a$where, "]")
  if (length(words(a$happened)) > 1) name <- paste0(name, " any")
  ask <- function(estimator, key, answers) out$add(i - 1, name, estimator, key, join(answers))
  marks <- signif(max(time) * c(.25, .5, .75), 2)
  for (type in c("log-log", "log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, conf.type = type)
    for (p in c(.25, .5, .75)) {
      q <- quantile(fit, p)
      ask("kaplan_meier quantile", paste(type, p), c(q$quantile, q$lower, q$upper))
    }
    for (at in marks) {
      s <- summary(fit, times = at)
      ask("kaplan_meier rate", paste(type, at), c(s$n.risk, s$surv, ifelse(s$surv > 0, s$std.err, NA), s$lower, s$upper))
    }
  }
  area <- summary(fit, rmean = marks[3])$table[c("rmean", "se(rmean)")]
  half <- qnorm(.975) * area[2]
  ask("restricted_mean", marks[3], c(area, if (area[2] > 0) c(max(0, area[1] - half), min(marks[3], area[1] + half)) else c(NA, NA)))
  median <- signif(max(time) / 4, 2)
  expected <- 0.5^(time / median)
  one <- survdiff(Surv(time, event) ~ offset(expected))
  ratio <- poisson.test(sum(event), sum(-log(expected)))$conf.int / 1
  ask("one_sample_log_rank", median, c(one$obs, one$exp, one$chisq, pchisq(one$chisq, 1, lower.tail = FALSE), ratio))
  k <- sum(event); n <- length(event)
  ask("exact_binomial", paste(k, n), binom.test(k, n)$conf.int)
  ask("wilson", paste(k, n), quiet(prop.test(k, n, correct = FALSE)$conf.int))
  mid <- function(tail) uniroot(function(p) (pbinom(k, n, p) + pbinom(k - 1, n, p)) / 2 - tail, c(0, 1), tol = 1e-15)$root
  ask("mid_p", paste(k, n), c(if (k == 0) 0 else mid(.975), if (k == n) 1 else mid(.025)))
  if (a$group != "" && length(unique(na.omit(data[[a$group]]))) > 1) {
    group <- data[[a$group]]
    test <- survdiff(Surv(time, event) ~ group)
    ask("log_rank", a$group, c(test$chisq, length(test$n) - 1, test$pvalue, sort(test$exp)))
  }
  if (length(words(a$causes)) > 0) {
    cause <- factor(ifelse(data[[a$event]] %in% words(a$causes), data[[a$event]], "censored"), c("censored", words(a$causes)))
    for (type in c("log-log", "log", "plain")) {
      fit <- survfit(Surv(time, cause) ~ 1, conf.type = type)
      for (at in marks) {
        s <- summary(fit, times = at)
        for (j in seq_along(words(a$causes)))
          ask("cumulative_incidence", paste(type, at, words(a$causes)[j]),
              c(s$pstate[j + 1], s$std.err[j + 1], if (s$pstate[j + 1] > 0) c(s$lower[j + 1], s$upper[j + 1]) else c(NA, NA)))
      }
    }
  }
  if (length(words(a$covariates)) > 0) {
    x <- sapply(words(a$covariates), function(one) as.numeric(data[[one]]))
    x <- matrix(x, nrow = length(time))
    full <- complete.cases(x)
    formulas <- list(c("efron", ""), c("breslow", ""))
    if (a$strata != "") { formulas <- c(formulas, list(c("efron", a$strata))); full <- full & !is.na(data[[a$strata]]) }
    for (f in formulas) {
      y <- Surv(time[full], event[full]); z <- x[full, , drop = FALSE]
      s <- if (f[2] == "") rep("", sum(full)) else data[[f[2]]][full]
      fit <- quiet(coxph(y ~ z + strata(s), ties = f[1], control = tight))
      ask("proportional_hazards", trimws(paste(f[1], f[2])), c(sum(full), coef(fit), sqrt(diag(vcov(fit))), fit$loglik,
        2 * diff(fit$loglik), fit$wald.test, fit$score))
    }
  }
}
writeLines(c(made_by, "asked,set,estimator,key,answers", out$all()), "answers_sets.csv")

# ---- ranks, correlation, tables
# The equations of fisher.test (mean and tails of the noncentral hypergeometric), solved to the last digits.
tight_odds <- function(table) {
  x <- table[1, 1]; m <- sum(table[, 1]); n <- sum(table[, 2]); k <- sum(table[1, ])
  lo <- max(0, k - n); hi <- min(k, m); support <- lo:hi
  chance <- function(l) { d <- dhyper(support, m, n, k, log = TRUE) + l * support; d <- exp(d - max(d)); d / sum(d) }
  root <- function(f) exp(uniroot(f, c(-30, 30), tol = 1e-15)$root)
  c(if (x == lo) 0 else if (x == hi) NA else root(function(l) sum(support * chance(l)) - x),
    if (x == lo) 0 else root(function(l) sum(chance(l)[support >= x]) - .025),
    if (x == hi) NA else root(function(l) sum(chance(l)[support <= x]) - .025))
}

asked <- read_asked("values.csv")
out <- collect()
for (i in seq_len(nrow(asked))) {
  a <- asked[i, ]
  data <- read_set(a$set, a$where)
  first <- data[[a$first]]; second <- data[[a$second]]
  known <- !is.na(first) & !is.na(second)
  first <- first[known]; second <- second[known]
  name <- paste0(a$set, ":", a$first, " ", a$second); if (a$where != "") name <- paste0(name, "[", a$where, "]")
  ask <- function(key, answers) out$add(i - 1, name, a$test, key, join(answers))
  levels_of <- function(x) sort(unique(x), method = "radix")
  wilcox <- function(...) quiet(wilcox.test(..., conf.int = TRUE, tol.root = 1e-14))
  told <- function(t) c(t$statistic, t$p.value, t$conf.int)
  # The estimate of Hodges and Lehmann is the middle of all differences; without exact ranks wilcox.test looks for it with
  # uniroot, which stops anywhere between the two middle ones.
  shift <- function(differences, t) {
    d <- sort(differences); k <- length(d)
    ask("shift", median(d)); ask("root", c(t$estimate, d[floor((k + 1) / 2)], d[ceiling((k + 1) / 2)]))
  }
  if (a$test == "signed_rank") {
    b <- as.numeric(first); c2 <- as.numeric(second)
    ask("as R chooses", told(wilcox(c2, b, paired = TRUE)))
    ask("normal", told(wilcox(c2, b, paired = TRUE, exact = FALSE)))
    x <- (c2 - b)[c2 != b]; walsh <- outer(x, x, "+") / 2
    shift(walsh[!lower.tri(walsh)], wilcox(c2, b, paired = TRUE, exact = FALSE))
  } else if (a$test == "mann_whitney") {
    g <- levels_of(second)[1:2]
    u <- as.numeric(first[second == g[1]]); v <- as.numeric(first[second == g[2]])
    ask("as R chooses", told(wilcox(u, v)))
    ask("normal", told(wilcox(u, v, exact = FALSE)))
    shift(outer(u, v, "-"), wilcox(u, v, exact = FALSE))
  } else if (a$test == "fisher") {
    g <- levels_of(second)[1:2]; o <- levels_of(first)[1:2]
    table <- rbind(c(sum(first == o[1] & second == g[1]), sum(first == o[2] & second == g[1])),
                   c(sum(first == o[1] & second == g[2]), sum(first == o[2] & second == g[2])))
    f <- fisher.test(table)
    ask("p", f$p.value)
    ask("odds ratio", c(f$estimate, f$conf.int))
    ask("odds ratio tight", tight_odds(table))
  } else {
    for (way in c("as R chooses", "normal")) {
      t <- quiet(cor.test(as.numeric(first), as.numeric(second), method = a$test, exact = if (way == "normal") FALSE else NULL))
      ask(way, c(t$estimate, t$p.value))
    }
  }
}
writeLines(c(made_by, "asked,set,estimator,key,answers", out$all()), "answers_values.csv")
