//! The text inside interval literals.

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// What is wrong with an interval's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Months and days cannot be in one interval.
    Mixed,
    /// The unit cannot have a fraction.
    Fraction(String),
    /// No such unit.
    Unit(String),
    /// Not a number.
    Number(String),
    /// Too long an interval.
    Overflow,
    /// No such pair of units.
    UnsupportedRange,
    /// The text does not fit the pair of units.
    Unmatched { name: &'static str, format: String, notice: bool },
}

/// The units an interval has, as the protocol counts them: year and month, or
/// day to second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    YearMonth(i32, i32),
    DayTime(i32, i32),
}

impl Range {
    /// The range that spans all `units`; nothing if they are of two kinds.
    pub(super) fn of_units(units: &[String]) -> Option<Self> {
        let months: Option<Vec<_>> = units.iter().map(|unit| month_field(unit)).collect();
        if let Some(fields) = months {
            return Some(Self::YearMonth(*fields.iter().min()?, *fields.iter().max()?));
        }
        let days: Vec<_> = units.iter().map(|unit| day_field(unit)).collect::<Option<_>>()?;
        Some(Self::DayTime(*days.iter().min()?, *days.iter().max()?))
    }
}

/// The number of a unit in a year-month interval.
pub(super) fn month_field(unit: &str) -> Option<i32> {
    match unit {
        "year" => Some(0),
        "month" => Some(1),
        _ => None,
    }
}

/// The number of a unit in a day-time interval.
pub(super) fn day_field(unit: &str) -> Option<i32> {
    match unit {
        "day" | "week" => Some(0),
        "hour" => Some(1),
        "minute" => Some(2),
        "second" | "millisecond" | "microsecond" => Some(3),
        _ => None,
    }
}

/// An interval's length, in its three independent measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amount {
    months: i64,
    days: i64,
    micros: i64,
}

impl Amount {
    /// The months, of an interval that has no others.
    pub(super) fn whole_months(&self) -> Result<i32, Fault> {
        i32::try_from(self.months).map_err(|_| Fault::Overflow)
    }

    /// The microseconds, of an interval that has no months.
    pub(super) fn whole_micros(&self) -> Result<i64, Fault> {
        self.days
            .checked_mul(MICROS_PER_DAY)
            .and_then(|days| days.checked_add(self.micros))
            .ok_or(Fault::Overflow)
    }

    /// All three measures.
    pub(super) fn parts(&self) -> Option<super::Interval> {
        let [months, days] = [self.months, self.days].map(i32::try_from);
        Some(super::Interval { months: months.ok()?, days: days.ok()?, micros: self.micros })
    }

    fn add(&mut self, unit: &str, value: i64, nanos: i64) -> Result<(), Fault> {
        let scaled = |scale: i64| value.checked_mul(scale).ok_or(Fault::Overflow);
        let sum = |total: i64, more: i64| total.checked_add(more).ok_or(Fault::Overflow);
        match unit {
            "year" => self.months = sum(self.months, scaled(12)?)?,
            "month" => self.months = sum(self.months, value)?,
            "week" => self.days = sum(self.days, scaled(7)?)?,
            "day" => self.days = sum(self.days, value)?,
            "hour" => self.micros = sum(self.micros, scaled(3600 * MICROS_PER_SECOND)?)?,
            "minute" => self.micros = sum(self.micros, scaled(60 * MICROS_PER_SECOND)?)?,
            "second" => {
                let micros = sum(scaled(MICROS_PER_SECOND)?, nanos / 1_000)?;
                self.micros = sum(self.micros, micros)?;
            }
            "millisecond" => self.micros = sum(self.micros, scaled(1_000)?)?,
            "microsecond" => self.micros = sum(self.micros, value)?,
            other => return Err(Fault::Unit(other.to_owned())),
        }
        let fits = i32::try_from(self.months).is_ok() && i32::try_from(self.days).is_ok();
        if fits { Ok(()) } else { Err(Fault::Overflow) }
    }
}

/// `[interval] 1 day -2.5 seconds`: the length and its units, in singular.
pub(super) fn parse_units(text: &str) -> Result<(Amount, Vec<String>), Fault> {
    let lower = text.trim().to_ascii_lowercase();
    let body = match lower.strip_prefix("interval") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest,
        _ => lower.as_str(),
    };
    let mut rest = body.trim_start();
    let (mut amount, mut units) = (Amount::default(), Vec::new());
    while !rest.is_empty() {
        let (negative, unsigned) = match rest.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, rest.strip_prefix('+').unwrap_or(rest)),
        };
        let unsigned = unsigned.trim_start();
        let end = unsigned.find(char::is_whitespace).unwrap_or(unsigned.len());
        let (number, tail) = unsigned.split_at(end);
        let tail = tail.trim_start();
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let unit = singular(unit)?;
        let (value, nanos) = signed_number(number, negative)?;
        if number.contains('.') && unit != "second" {
            return Err(Fault::Fraction(unit));
        }
        amount.add(&unit, value, nanos)?;
        units.push(unit);
        if !(tail.is_empty() || tail.starts_with(char::is_whitespace)) {
            return Err(Fault::Unit(tail.to_owned()));
        }
        rest = tail.trim_start();
    }
    if units.is_empty() { Err(Fault::Number(text.to_owned())) } else { Ok((amount, units)) }
}

fn singular(unit: &str) -> Result<String, Fault> {
    let bare = unit.strip_suffix('s').unwrap_or(unit);
    if month_field(bare).is_some() || day_field(bare).is_some() {
        Ok(bare.to_owned())
    } else {
        Err(Fault::Unit(unit.to_owned()))
    }
}

/// The whole part and the nanoseconds of the fraction, both signed.
fn signed_number(text: &str, negative: bool) -> Result<(i64, i64), Fault> {
    let fault = || Fault::Number(text.to_owned());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || whole.len() + fraction.len() == 0 {
        return Err(fault());
    }
    if fraction.len() > 9 {
        return Err(fault());
    }
    // The sign goes into the text: the smallest number has no positive twin.
    let sign = if negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let value = format!("{sign}{whole}").parse().map_err(|_| Fault::Overflow)?;
    let nanos: i64 = format!("{fraction:0<9}").parse().map_err(|_| fault())?;
    Ok((value, if negative { -nanos } else { nanos }))
}

/// `1-2` from year to month, `1 02:03:04.5` from day to second, and what lies
/// between.
pub(super) fn parse_range(text: &str, from: &str, to: &str) -> Result<(Amount, Range), Fault> {
    if let (Some(0), Some(1)) = (month_field(from), month_field(to)) {
        let months = year_month(text).ok_or_else(|| Fault::Unmatched {
            name: "year-month",
            format: "`[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH`".to_owned(),
            notice: false,
        })?;
        return Ok((Amount { months, ..Amount::default() }, Range::YearMonth(0, 1)));
    }
    let fields = ["day", "hour", "minute", "second"];
    let place = |unit: &str| fields.iter().position(|field| *field == unit);
    let (Some(start), Some(end)) = (place(from), place(to)) else {
        return Err(Fault::UnsupportedRange);
    };
    if start >= end {
        return Err(Fault::UnsupportedRange);
    }
    let amount = day_time(text, start, end).ok_or_else(|| unmatched(from, to, start, end))?;
    let number = |place: usize| i32::try_from(place).unwrap_or_default();
    Ok((amount, Range::DayTime(number(start), number(end))))
}

fn unmatched(from: &str, to: &str, start: usize, end: usize) -> Fault {
    let pieces = ["d ", "h:", "m:", "s.n:"].get(start..=end).unwrap_or_default().concat();
    let shape = pieces.trim_end_matches([':', ' ']);
    let (from, to) = (from.to_ascii_uppercase(), to.to_ascii_uppercase());
    let format = format!("`[+|-]{shape}`, `INTERVAL [+|-]'[+|-]{shape}' {from} TO {to}`");
    Fault::Unmatched { name: "day-time", format, notice: true }
}

fn without_sign(text: &str) -> (bool, &str) {
    let mut rest = text.trim();
    let mut negative = false;
    for _ in 0..2 {
        match rest.strip_prefix(['+', '-']) {
            Some(tail) => {
                negative ^= rest.starts_with('-');
                rest = tail;
            }
            None => break,
        }
    }
    (negative, rest)
}

fn year_month(text: &str) -> Option<i64> {
    let (negative, text) = without_sign(text);
    let (years, months) = text.split_once('-')?;
    let (years, months) = (digits(years)?, digits(months).filter(|months| *months < 12)?);
    let total = years.checked_mul(12)?.checked_add(months)?;
    let total = if negative { -total } else { total };
    i32::try_from(total).ok().map(i64::from)
}

fn day_time(text: &str, start: usize, end: usize) -> Option<Amount> {
    let (negative, mut rest) = without_sign(text);
    let mut amount = Amount::default();
    for place in start..=end {
        let separator = if place == 0 { ' ' } else { ':' };
        let part = if place == end {
            std::mem::take(&mut rest)
        } else {
            let (part, tail) = rest.split_once(separator)?;
            rest = tail.trim_start();
            part
        };
        let most = if place == start { i64::MAX } else { [i64::MAX, 23, 59, 59][place] };
        let (whole, fraction) = match part.split_once('.') {
            Some((whole, fraction)) if place == 3 => (whole, fraction),
            Some(_) => return None,
            None => (part, ""),
        };
        let value = digits(whole).filter(|value| *value <= most)?;
        let nanos = if fraction.is_empty() { 0 } else { nanos(fraction)? };
        let sign = if negative { -1 } else { 1 };
        let unit = ["day", "hour", "minute", "second"][place];
        amount.add(unit, sign * value, sign * nanos).ok()?;
    }
    Some(amount)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn nanos(fraction: &str) -> Option<i64> {
    digits(fraction).filter(|_| fraction.len() <= 9)?;
    format!("{fraction:0<9}").parse().ok()
}
