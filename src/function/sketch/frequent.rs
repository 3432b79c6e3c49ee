//! Sketches of frequent items.
//!
//! Which of equally frequent items come first follows from the places of their Java hashes
//! in the table, and the library's table has other ones: the table is ours, after
//! DataSketches' `ItemsSketch`.

use super::words;

/// The size of the table that a sketch begins with.
const LEAST_LG_SIZE: u8 = 3;
/// The greatest that Spark asks for.
pub(super) const MOST_LG_SIZE: u8 = 21;
/// A table of this size is made whatever the bytes have to fill it.
const SMALL_LG_SIZE: u8 = 14;
/// Counts that are looked at for a median.
const SAMPLES: usize = 1024;
/// By which share of its length the table is walked, so that no order of hashes shows.
const STRIDE: f64 = 0.618_033_988_749_894_9;
const FAMILY: u8 = 10;
const EMPTY: u8 = 5;

/// What an item is to the table.
pub(super) trait Item: Clone + PartialEq {
    /// `hashCode` in Java.
    fn hash_code(&self) -> i32;
}

/// A sketch.
#[derive(Debug, Clone)]
pub(super) struct Frequent<T> {
    lg_most: u8,
    table: Table<T>,
    /// What counts may be short by.
    offset: i64,
    weight: i64,
}

impl<T: Item> Frequent<T> {
    pub(super) fn new(lg_most: u8) -> Self {
        let lg_most = lg_most.clamp(LEAST_LG_SIZE, MOST_LG_SIZE);
        Self { lg_most, table: Table::new(LEAST_LG_SIZE), offset: 0, weight: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.weight == 0
    }

    pub(super) fn len(&self) -> usize {
        self.table.active
    }

    pub(super) fn update(&mut self, item: T, count: i64) {
        self.weight = self.weight.saturating_add(count);
        self.table.add(item, count);
        if self.table.active <= self.table.limit() {
            return;
        }
        if self.table.lg_size() < self.lg_most {
            self.table = self.table.moved(self.table.lg_size() + 1);
        } else {
            let samples = SAMPLES.min((3 << self.lg_most) / 4);
            self.offset = self.offset.saturating_add(self.table.purge(samples));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let weight = self.weight.saturating_add(other.weight);
        for (item, count) in other.table.walk() {
            self.update(item.clone(), count);
        }
        self.offset = self.offset.saturating_add(other.offset);
        self.weight = weight;
    }

    /// The items that are surely as frequent as the sketch can tell, the most frequent
    /// first, and how often they came at most.
    pub(super) fn items(&self) -> Vec<(T, i64)> {
        let sure = self.table.walk().filter(|(_, count)| *count > self.offset);
        let mut items: Vec<_> =
            sure.map(|(item, count)| (item.clone(), count.saturating_add(self.offset))).collect();
        items.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        items
    }

    /// The bytes of Java's `toByteArray`; items are written by `write`.
    pub(super) fn bytes(&self, write: impl FnOnce(&[&T]) -> Vec<u8>) -> Vec<u8> {
        let head =
            |longs, flags| vec![longs, 1, FAMILY, self.lg_most, self.table.lg_size(), flags, 0, 0];
        if self.is_empty() {
            return head(1, EMPTY);
        }
        let mut bytes = head(4, 0);
        bytes.extend((self.table.active as u64).to_le_bytes());
        bytes.extend(self.weight.to_le_bytes());
        bytes.extend(self.offset.to_le_bytes());
        let places = self.table.places.iter().flatten();
        let (items, counts): (Vec<&T>, Vec<i64>) =
            places.map(|place| (&place.item, place.count)).unzip();
        bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        bytes.extend(write(&items));
        bytes
    }

    /// Reads such bytes; none if they are no sketch. So many items are read by `read`.
    pub(super) fn read(
        bytes: &[u8],
        read: impl FnOnce(&[u8], usize) -> Option<Vec<T>>,
    ) -> Option<Self> {
        let [longs, 1, FAMILY, lg_most, lg_size, flags, ..] = *bytes else { return None };
        if lg_most > MOST_LG_SIZE || !(LEAST_LG_SIZE..=lg_most).contains(&lg_size) {
            return None;
        }
        let mut sketch = Self::new(lg_most);
        if longs & 63 == 1 {
            return (flags & EMPTY != 0 && bytes.len() >= 8).then_some(sketch);
        }
        let long = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(i64::from_le_bytes);
        let count = words(bytes, 8).next()? as usize;
        let (weight, offset) = (long(16)?, long(24)?);
        let start = count.checked_mul(8)?.checked_add(32)?;
        let items = read(bytes.get(start..)?, count)?;
        let fits = longs & 63 == 4 && flags & EMPTY == 0 && weight > 0 && offset >= 0;
        if !fits || items.len() != count || count > (3 << lg_size) / 4 {
            return None;
        }
        // Few items in a large table are rare, or an attempt to have much memory taken.
        let filled = count.saturating_mul(8).checked_ilog2().unwrap_or(0) as u8;
        sketch.table = Table::new(lg_size.min(filled.max(SMALL_LG_SIZE)));
        for (at, item) in items.into_iter().enumerate() {
            let count = long(32 + 8 * at).filter(|count| *count > 0)?;
            sketch.update(item, count);
        }
        (sketch.weight, sketch.offset) = (weight, offset);
        Some(sketch)
    }
}

#[derive(Debug, Clone)]
struct Place<T> {
    item: T,
    count: i64,
    /// How far it is from where its hash points, from 1.
    drift: usize,
}

/// A hash table with linear probing.
#[derive(Debug, Clone)]
struct Table<T> {
    places: Vec<Option<Place<T>>>,
    active: usize,
}

impl<T: Item> Table<T> {
    fn new(lg_size: u8) -> Self {
        Self { places: vec![None; 1 << lg_size], active: 0 }
    }

    fn lg_size(&self) -> u8 {
        self.places.len().trailing_zeros() as u8
    }

    /// How many items it holds.
    fn limit(&self) -> usize {
        self.places.len() / 4 * 3
    }

    /// There is always room.
    fn add(&mut self, item: T, count: i64) {
        let mask = self.places.len() - 1;
        let mut at = mixed(item.hash_code()) as usize & mask;
        let mut drift = 1;
        loop {
            match &mut self.places[at] {
                Some(place) if place.item == item => {
                    place.count = place.count.saturating_add(count);
                    return;
                }
                Some(_) => {
                    at = (at + 1) & mask;
                    drift += 1;
                }
                free => {
                    *free = Some(Place { item, count, drift });
                    self.active += 1;
                    return;
                }
            }
        }
    }

    fn moved(&mut self, lg_size: u8) -> Self {
        let mut table = Self::new(lg_size);
        let places = self.places.drain(..).flatten();
        places.for_each(|place| table.add(place.item, place.count));
        table
    }

    /// All items, in an order that shows none of their hashes.
    fn walk(&self) -> impl Iterator<Item = (&T, i64)> {
        let (length, mask) = (self.places.len(), self.places.len() - 1);
        let stride = (length as f64 * STRIDE) as usize | 1;
        let places = (0..length).map(move |step| &self.places[(step * stride) & mask]);
        places.flatten().map(|place| (&place.item, place.count))
    }

    /// Takes the median of some counts off all of them, and says what it was.
    fn purge(&mut self, samples: usize) -> i64 {
        let counts = self.places.iter().flatten().map(|place| place.count);
        let mut counts: Vec<_> = counts.take(samples).collect();
        let middle = counts.len() / 2;
        if counts.is_empty() {
            return 0;
        }
        let median = *counts.select_nth_unstable(middle).1;
        for place in self.places.iter_mut().flatten() {
            place.count -= median;
        }
        self.keep_positive();
        median
    }

    /// From the end of a run of items on, so that none is moved past another's hash.
    fn keep_positive(&mut self) {
        let Some(first) = self.places.iter().rposition(Option::is_none) else { return };
        for at in (0..first).rev().chain((first..self.places.len()).rev()) {
            if self.places[at].as_ref().is_some_and(|place| place.count <= 0) {
                self.delete(at);
                self.active -= 1;
            }
        }
    }

    /// Frees a place, and moves those behind that may be nearer to their hashes.
    fn delete(&mut self, mut free: usize) {
        self.places[free] = None;
        let mask = self.places.len() - 1;
        let mut drift = 1;
        let mut at = (free + drift) & mask;
        while let Some(place) = &mut self.places[at] {
            if place.drift > drift {
                place.drift -= drift;
                self.places.swap(free, at);
                free = at;
                drift = 0;
            }
            at = (at + 1) & mask;
            drift += 1;
        }
    }
}

/// The last step of Murmur's hash.
fn mixed(hash_code: i32) -> u64 {
    let mut hash = i64::from(hash_code).cast_unsigned();
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Item for i32 {
        fn hash_code(&self) -> i32 {
            *self
        }
    }

    fn of(lg_most: u8, items: impl Iterator<Item = i32>) -> Frequent<i32> {
        let mut sketch = Frequent::new(lg_most);
        items.for_each(|item| sketch.update(item, 1));
        sketch
    }

    fn written(items: &[&i32]) -> Vec<u8> {
        items.iter().flat_map(|item| item.to_le_bytes()).collect()
    }

    fn read(bytes: &[u8], count: usize) -> Option<Vec<i32>> {
        let bytes = bytes.get(..4 * count)?;
        Some(words(bytes, 0).map(u32::cast_signed).collect())
    }

    #[test]
    fn items_come_in_spark_s_order() {
        let items: Vec<_> = of(14, 0..20).items().into_iter().map(|(item, _)| item).collect();
        let expected = [0, 6, 16, 17, 1, 13, 12, 11, 9, 7, 4, 14, 15, 5, 8, 3, 18, 2, 19, 10];
        assert_eq!(items, expected);
    }

    #[test]
    fn the_frequent_stay() {
        let items = (0..100_000_i32).map(|item| if item % 3 == 0 { 7 } else { item });
        let most = of(6, items).items();
        assert_eq!(most[0].0, 7);
        assert!((33_334..40_000).contains(&most[0].1), "{most:?}");
    }

    #[test]
    fn what_is_written_is_read() {
        for most in [0, 3, 40, 5000] {
            let bytes = of(6, 0..most).bytes(written);
            let again = Frequent::read(&bytes, read).map(|sketch| sketch.bytes(written));
            assert_eq!(again, Some(bytes));
        }
    }

    #[test]
    fn damage_is_found_or_harmless() {
        for most in [0, 3, 40] {
            let whole = of(6, 0..most).bytes(written);
            for at in 0..whole.len() {
                for value in [0, 1, 3, 4, 26, 127, 255] {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    if let Some(read) = Frequent::read(&bytes, read) {
                        let mut sketch = of(6, 0..90);
                        sketch.merge(&read);
                        sketch.items();
                    }
                }
            }
        }
    }
}
