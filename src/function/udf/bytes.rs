//! Functions of texts that Spark has for bytes as well.

use super::rows::{Row, row_functions};

row_functions! {
    REVERSE "spark_reverse_bytes" Propagate Skip Vec<u8>, |row| {
        Ok(Some(row.bytes(0).iter().rev().copied().collect()))
    };
    STARTS_WITH "spark_starts_with_bytes" Always Skip bool, |row| {
        Ok(Some(row.bytes(0).starts_with(row.bytes(1))))
    };
    ENDS_WITH "spark_ends_with_bytes" Always Skip bool, |row| {
        Ok(Some(row.bytes(0).ends_with(row.bytes(1))))
    };
    CONTAINS "spark_contains_bytes" Always Skip bool, |row| {
        let (bytes, part) = (row.bytes(0), row.bytes(1));
        Ok(Some(part.is_empty() || bytes.windows(part.len()).any(|window| window == part)))
    };
    LPAD "spark_lpad_bytes" Propagate Skip Vec<u8>, |row| Ok(Some(padded(row, true)));
    RPAD "spark_rpad_bytes" Propagate Skip Vec<u8>, |row| Ok(Some(padded(row, false)));
    OVERLAY "spark_overlay_bytes" Propagate Skip Vec<u8>, |row| {
        let (bytes, new) = (row.bytes(0), row.bytes(1));
        Ok(Some(overlaid(bytes, new, row.int(2), row.int(3))))
    };
}

/// Bytes of a length, cut at their end or filled up at one side.
fn padded(row: &Row<'_>, left: bool) -> Vec<u8> {
    let (bytes, length, pad) = (row.bytes(0), row.int(1), row.bytes(2));
    let length = usize::try_from(length).unwrap_or(0);
    let missing = length.saturating_sub(bytes.len());
    let kept = &bytes[..bytes.len().min(length)];
    let fill: Vec<u8> = pad.iter().copied().cycle().take(missing).collect();
    if left { [&fill, kept].concat() } else { [kept, &fill].concat() }
}

/// Bytes with others in the place of those from a position, counted from 1; a length
/// below zero is that of the others.
fn overlaid(bytes: &[u8], new: &[u8], position: i32, length: i32) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(new.len());
    let head = part(bytes, 1, position.saturating_sub(1));
    let after = i64::from(position).saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
    let after = i32::try_from(after).unwrap_or(i32::MAX);
    [head, new, part(bytes, after, i32::MAX)].concat()
}

/// `substring` of bytes: from a position, counted from 1 or from the end.
fn part(bytes: &[u8], position: i32, length: i32) -> &[u8] {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let start = match position {
        1.. => i64::from(position) - 1,
        0 => 0,
        _ => size + i64::from(position),
    };
    let end = start.saturating_add(i64::from(length.max(0))).clamp(0, size);
    let (start, end) = (start.clamp(0, size), end);
    let at = |at: i64| usize::try_from(at).unwrap_or(0);
    if start >= end { &[] } else { &bytes[at(start)..at(end)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_laid_over() {
        let over = |position, length| overlaid(b"ABCDE", b"Z", position, length);
        assert_eq!(over(2, 3), b"AZE");
        assert_eq!(over(2, -1), b"AZCDE");
        assert_eq!(over(10, -1), b"ABCDEZ");
    }
}
