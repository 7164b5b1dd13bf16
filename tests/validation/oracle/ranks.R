# Makes ranks.csv beside it: run `Rscript ranks.R` in this folder. Needs base R only; the tests read the file.
# Small invented samples without ties, which stand in the file: exact rank tests with the shift and its exact interval (NA
# where R warns that the level cannot be reached), and exact or series p of rank correlations.
made_by <- paste0("# ", R.version.string, ", by ranks.R")
num <- function(x) ifelse(is.na(x), "NA", trimws(formatC(x, digits = 17, format = "g")))
join <- function(x) paste(num(as.numeric(x)), collapse = " ")
rows <- "estimator,first,second,level,answers"
add <- function(what, a, b, level, answers) rows <<- c(rows, paste(what, join(a), join(b), level, join(answers), sep = ","))
test <- function(...) {
  reached <- TRUE
  t <- withCallingHandlers(wilcox.test(..., exact = TRUE, conf.int = TRUE),
    warning = function(w) { reached <<- reached && !grepl("not achievable", conditionMessage(w)); invokeRestart("muffleWarning") })
  c(t$statistic, t$p.value, t$estimate, if (reached) t$conf.int else c(NA, NA))
}
set.seed(20050202)
for (sizes in list(c(2, 3), c(3, 6), c(4, 6), c(5, 3), c(6, 9), c(12, 7), c(20, 15), c(49, 30))) for (level in c(.8, .95, .99)) {
  a <- round(rnorm(sizes[1], 10, 3), 6); b <- round(rnorm(sizes[2], 11, 2), 6)
  if (any(duplicated(c(a, b)))) next
  add("mann_whitney", a, b, level, test(a, b, conf.level = level))
}
for (n in c(3, 4, 5, 6, 7, 9, 14, 25, 49)) for (level in c(.8, .95, .99)) {
  a <- round(rnorm(n, 10, 3), 6); b <- round(a + rnorm(n, .7, 2), 6)
  if (any(duplicated(abs(b - a)))) next
  add("signed_rank", a, b, level, test(b, a, paired = TRUE, conf.level = level))
}
for (n in c(3, 4, 6, 9, 10, 15, 30, 49, 60)) for (method in c("spearman", "kendall")) {
  a <- round(rnorm(n), 6); b <- round(.4 * a + rnorm(n), 6)
  t <- suppressWarnings(cor.test(a, b, method = method))
  add(method, a, b, "", c(t$estimate, t$p.value))
}
writeLines(c(made_by, rows), "ranks.csv")
