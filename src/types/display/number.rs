//! Numbers as Java prints them.

/// A double: plain from 0.001 up to ten million, else with an exponent.
pub(crate) fn double_text(value: f64) -> String {
    match special(value) {
        Some(text) => text.to_owned(),
        None => {
            java(value.abs() >= 1e-3 && value.abs() < 1e7, format!("{value}"), format!("{value:E}"))
        }
    }
}

/// A float, by the rules of [`double_text`].
pub(crate) fn float_text(value: f32) -> String {
    match special(f64::from(value)) {
        Some(text) => text.to_owned(),
        None => {
            java(value.abs() >= 1e-3 && value.abs() < 1e7, format!("{value}"), format!("{value:E}"))
        }
    }
}

fn special(value: f64) -> Option<&'static str> {
    match value {
        v if v.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        v if v == 0.0 && v.is_sign_negative() => Some("-0.0"),
        0.0 => Some("0.0"),
        _ => None,
    }
}

/// Java always prints a digit after the point.
fn java(plain: bool, decimal: String, exponential: String) -> String {
    if plain {
        return if decimal.contains('.') { decimal } else { format!("{decimal}.0") };
    }
    match exponential.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            format!("{mantissa}.0E{exponent}")
        }
        _ => exponential,
    }
}

/// A decimal with all digits of its scale.
pub(super) fn decimal_text(value: i128, scale: i8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    let Ok(scale) = usize::try_from(scale) else {
        return format!("{sign}{digits}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}
