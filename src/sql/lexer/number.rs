//! Numbers and their suffixes.

/// What the form of a number says about its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Suffix {
    /// `1`: int, bigint or decimal, by size.
    Integer,
    /// `1.5`: decimal.
    Decimal,
    /// `1e5`: double.
    Exponent,
    /// `1L`.
    Long,
    /// `1S`.
    Short,
    /// `1Y`.
    Byte,
    /// `1F`.
    Float,
    /// `1D`.
    Double,
    /// `1BD`.
    BigDecimal,
}

impl Suffix {
    /// How many characters at the end of the number are not part of its value.
    pub(in crate::sql) fn length(self) -> usize {
        match self {
            Self::Integer | Self::Decimal | Self::Exponent => 0,
            Self::Long | Self::Short | Self::Byte | Self::Float | Self::Double => 1,
            Self::BigDecimal => 2,
        }
    }
}

/// The longest number at the start of `rest`.
pub(super) fn scan(rest: &str) -> Option<(Suffix, usize)> {
    let bytes = rest.as_bytes();
    let whole = digits(bytes, 0);
    dotted(bytes, whole).or_else(|| undotted(bytes, whole))
}

fn digits(bytes: &[u8], from: usize) -> usize {
    bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count()
}

/// A number with a point. It is none if a letter or digit follows: `1.a` is a
/// field of something.
fn dotted(bytes: &[u8], whole: usize) -> Option<(Suffix, usize)> {
    if bytes.get(whole) != Some(&b'.') {
        return None;
    }
    let fraction = digits(bytes, whole + 1);
    if whole + fraction == 0 {
        return None;
    }
    let end = whole + 1 + fraction;
    let exponent = exponent(bytes, end);
    let candidates = [
        suffix(bytes, end + exponent),
        (exponent > 0).then_some((Suffix::Exponent, end + exponent)),
        suffix(bytes, end),
        Some((Suffix::Decimal, end)),
    ];
    candidates.into_iter().flatten().find(|(_, length)| ends(bytes, *length))
}

fn undotted(bytes: &[u8], whole: usize) -> Option<(Suffix, usize)> {
    if whole == 0 {
        return None;
    }
    let exponent = exponent(bytes, whole);
    if exponent > 0 {
        let end = whole + exponent;
        return Some(suffix(bytes, end).unwrap_or((Suffix::Exponent, end)));
    }
    let short = match bytes.get(whole).map(u8::to_ascii_uppercase) {
        Some(b'L') => Some((Suffix::Long, whole + 1)),
        Some(b'S') => Some((Suffix::Short, whole + 1)),
        Some(b'Y') => Some((Suffix::Byte, whole + 1)),
        _ => suffix(bytes, whole),
    };
    Some(short.unwrap_or((Suffix::Integer, whole)))
}

fn exponent(bytes: &[u8], from: usize) -> usize {
    if !matches!(bytes.get(from), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(bytes.get(from + 1), Some(b'+' | b'-')));
    match digits(bytes, from + 1 + sign) {
        0 => 0,
        count => 1 + sign + count,
    }
}

fn suffix(bytes: &[u8], from: usize) -> Option<(Suffix, usize)> {
    let upper = |at: usize| bytes.get(at).map(u8::to_ascii_uppercase);
    match (upper(from), upper(from + 1)) {
        (Some(b'B'), Some(b'D')) => Some((Suffix::BigDecimal, from + 2)),
        (Some(b'F'), _) => Some((Suffix::Float, from + 1)),
        (Some(b'D'), _) => Some((Suffix::Double, from + 1)),
        _ => None,
    }
}

fn ends(bytes: &[u8], at: usize) -> bool {
    !bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
