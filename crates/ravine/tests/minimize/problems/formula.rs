//! A small reader of formulas in x and y, to compare them with the functions.

/// A function of one number.
type Function = fn(f64) -> f64;

struct Reader<'t> {
    text: &'t str,
    x: f64,
    y: f64,
}

/// The value of a formula.
pub fn value(text: &str, x: f64, y: f64) -> f64 {
    let mut reader = Reader { text, x, y };
    let value = reader.sum();
    assert_eq!(reader.text.trim(), "", "{text}");
    value
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.text.trim_start().strip_prefix(token);
        rest.map(|rest| self.text = rest).is_some()
    }

    fn sum(&mut self) -> f64 {
        let mut sum = if self.takes("-") {
            -self.product()
        } else {
            self.product()
        };
        loop {
            if self.takes("+") {
                sum += self.product();
            } else if self.takes("-") {
                sum -= self.product();
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut product = self.power();
        loop {
            if self.takes("*") {
                product *= self.power();
            } else if self.takes("/") {
                product /= self.power();
            } else {
                return product;
            }
        }
    }

    fn power(&mut self) -> f64 {
        let base = self.atom();
        if self.takes("^") {
            base.powf(self.power())
        } else {
            base
        }
    }

    fn atom(&mut self) -> f64 {
        if self.takes("(") {
            let value = self.sum();
            assert!(self.takes(")"), "{}", self.text);
            return value;
        }
        let functions: [(&str, Function); 5] = [
            ("sqrt", f64::sqrt),
            ("exp", f64::exp),
            ("abs", f64::abs),
            ("sin", f64::sin),
            ("cos", f64::cos),
        ];
        for (name, function) in functions {
            if self.takes(name) {
                return function(self.atom());
            }
        }
        if self.takes("x") {
            return self.x;
        }
        if self.takes("y") {
            return self.y;
        }
        let text = self.text.trim_start();
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        self.text = rest;
        number.parse().unwrap_or_else(|_| panic!("{text}"))
    }
}
