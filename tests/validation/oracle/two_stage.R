# Makes two_stage.csv beside it: run `Rscript two_stage.R` in this folder. Needs base R only; the tests read the file.
# For designs of Simon (1989): p, median estimate and 95% limits after Koyama and Chen (2008), as planned and where the
# second stage is of another size, and the unbiased estimate of Jung and Kim (2004), each summed outcome by outcome.
made_by <- paste0("# ", R.version.string, ", by two_stage.R")
num <- function(x) ifelse(is.na(x) | is.nan(x) | is.infinite(x), "NA", trimws(formatC(x, digits = 17, format = "g")))
join <- function(x) paste(num(x), collapse = " ")
designs <- list(c(.10, 1, 10, 5, 29), c(.10, 2, 18, 6, 35), c(.05, 0, 10, 3, 29), c(.20, 4, 19, 15, 54), c(.50, 8, 15, 26, 43), c(.30, 9, 27, 30, 81))
at <- function(f, a) uniroot(function(p) f(p) - a, c(0, 1), tol = 1e-15, maxiter = 10000)$root
answers <- function(f, p0) c(f(p0), at(f, .5), at(f, .025), at(f, .975))
rows <- "null,r1,n1,r,n,responders,evaluated,first,umvue,answers"
add <- function(d, s, evaluated, first, umvue, f)
  rows <<- c(rows, paste(c(d, s, evaluated, first, num(umvue), join(answers(f, d[1]))), collapse = ","))
for (d in designs) {
  p0 <- d[1]; r1 <- d[2]; n1 <- d[3]; r <- d[4]; n <- d[5]
  for (x in seq_len(r1)) add(d, x, n1, "", x / n1, function(p) pbinom(x - 1, n1, p, lower.tail = FALSE))
  go <- (r1 + 1):n1
  unbiased <- function(s, n2) { x <- go[go <= s & go >= s - n2]
    sum(choose(n1 - 1, x - 1) * choose(n2, s - x)) / sum(choose(n1, x) * choose(n2, s - x)) }
  for (s in unique(round(seq(r1 + 1, n - 1, length.out = 9))))
    add(d, s, n, "", unbiased(s, n - n1), function(p) sum(dbinom(go, n1, p) * pbinom(s - go - 1, n - n1, p, lower.tail = FALSE)))
  n2 <- n - n1
  for (m2 in c(n2 - 3, n2 + 2)) for (x1 in c(r1 + 1, r1 + 2)) for (x2 in round(m2 * c(r / n, 1.4 * r / n))) {
    needed <- r + 1 - x1
    f <- function(p) {
      carried <- qbeta(pbinom(x2 - 1, m2, p, lower.tail = FALSE), needed, n2 - needed + 1)
      sum(dbinom(go, n1, p) * pbinom(r - go, n2, carried, lower.tail = FALSE))
    }
    if (needed > 0) add(d, x1 + x2, n1 + m2, x1, unbiased(x1 + x2, m2), f)
  }
}
writeLines(c(made_by, rows), "two_stage.csv")
