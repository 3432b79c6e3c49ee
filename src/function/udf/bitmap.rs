//! Bitmaps of 4096 bytes, each a bucket of 32768 numbers.

use super::rows::row_functions;

/// Numbers in a bucket.
const BITS: i64 = 8 * 4096;

row_functions! {
    POSITION "spark_bitmap_bit_position" Propagate Skip i64, |row| Ok(Some(position(row.long(0))));
    BUCKET "spark_bitmap_bucket_number" Propagate Skip i64, |row| Ok(Some(bucket(row.long(0))));
    COUNT "spark_bitmap_count" Propagate Skip i64, |row| {
        Ok(Some(row.bytes(0).iter().map(|byte| i64::from(byte.count_ones())).sum()))
    };
}

/// From 0 within the bucket; numbers above zero begin with 1.
fn position(value: i64) -> i64 {
    if value > 0 { (value - 1) % BITS } else { value.wrapping_neg().rem_euclid(BITS) }
}

fn bucket(value: i64) -> i64 {
    if value > 0 { 1 + (value - 1) / BITS } else { value / BITS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_spark_s() {
        assert_eq!((position(1), bucket(1)), (0, 1));
        assert_eq!((position(123), bucket(123)), (122, 1));
        assert_eq!((position(-1), bucket(-1)), (1, 0));
        assert_eq!((position(32769), bucket(32769)), (0, 2));
    }
}
