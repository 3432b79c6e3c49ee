//! Days of long ago. Spark writes those before 1582-10-15 as the calendar of the time
//! named them, so that the same date is another day.

/// The first day of today's calendar, from 1970-01-01.
const FIRST: i64 = -141_427;
/// Days that no calendar of the time had were between.
const SKIPPED: std::ops::Range<i64> = FIRST - 10..FIRST;

const DAY: i64 = 86_400_000_000;

/// The day of today's calendar with the date that the day has in the older one.
pub(super) fn from_julian(day: i64) -> i64 {
    if day >= FIRST {
        return day;
    }
    let (year, month, date) = julian_date(day);
    gregorian_day(year, month, 1) + date - 1
}

/// The day of the older calendar with the date that the day has in today's.
pub(super) fn to_julian(day: i64) -> i64 {
    if day >= FIRST {
        return day;
    }
    if SKIPPED.contains(&day) {
        return FIRST;
    }
    let (year, month, date) = gregorian_date(day);
    julian_day(year, month, date)
}

/// The same of microseconds: the time of the day stays.
pub(super) fn micros_from_julian(micros: i64) -> i64 {
    with_day(micros, from_julian)
}

/// The same of microseconds: the time of the day stays.
pub(super) fn micros_to_julian(micros: i64) -> i64 {
    with_day(micros, to_julian)
}

fn with_day(micros: i64, moved: fn(i64) -> i64) -> i64 {
    let day = micros.div_euclid(DAY);
    micros.saturating_add((moved(day) - day).saturating_mul(DAY))
}

/// Years begin in March here, so that a leap day is the last of one: the year, the day in
/// it, from that of the year and the month.
fn from_march(year: i64, month: i64, date: i64) -> (i64, i64) {
    let year = if month <= 2 { year - 1 } else { year };
    (year, (153 * ((month + 9) % 12) + 2) / 5 + date - 1)
}

fn to_date(year: i64, day: i64) -> (i64, i64, i64) {
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (if month <= 2 { year + 1 } else { year }, month, date)
}

fn julian_day(year: i64, month: i64, date: i64) -> i64 {
    let (year, day) = from_march(year, month, date);
    365 * year + year.div_euclid(4) + day - 719_470
}

fn julian_date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_470;
    let (four, day) = (day.div_euclid(1461), day.rem_euclid(1461));
    let year = (day / 365).min(3);
    to_date(4 * four + year, day - 365 * year)
}

fn gregorian_day(year: i64, month: i64, date: i64) -> i64 {
    let (year, day) = from_march(year, month, date);
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day - 719_468
}

fn gregorian_date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    to_date(400 * era + year, day - (365 * year + year / 4 - year / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_stay() {
        assert_eq!(to_julian(-171_664), -171_655);
        assert_eq!(from_julian(-171_655), -171_664);
        assert_eq!(gregorian_date(-171_664), (1500, 1, 1));
        assert_eq!(to_julian(FIRST), FIRST);
        assert_eq!(to_julian(FIRST - 1), FIRST);
        assert_eq!(to_julian(FIRST - 11), FIRST - 1);
        for day in (-720_000..FIRST - 11).step_by(37) {
            assert_eq!(from_julian(to_julian(day)), day);
        }
    }

    #[test]
    fn times_stay() {
        let micros = -171_664 * DAY + 5;
        assert_eq!(micros_to_julian(micros), -171_655 * DAY + 5);
        assert_eq!(micros_from_julian(micros_to_julian(micros)), micros);
    }
}
