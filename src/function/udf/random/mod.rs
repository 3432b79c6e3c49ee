//! Random numbers with a seed: the same rows in the same partitions get the same ones.

mod generator;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, AsArray as _};
use datafusion::arrow::array::{Float64Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int32Type};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TypeSignature, Volatility,
};

use super::marks;
use generator::{Linear, Well, XorShift};

pub(crate) use generator::MOST_BY_PRODUCT;

/// What chance is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Random {
    /// `rand(seed)`: doubles from 0 to 1, by which samples take rows too.
    Even,
    /// `randn(seed)`: doubles around 0, most of them near.
    Normal,
    /// `randstr(length, seed)`: texts of so many letters and digits.
    Text(u32),
    /// How often a sample with replacement takes a row, on average this often.
    Copies(f64),
}

impl Random {
    /// The values for `seed`: in the order of a partition's rows, and others for each
    /// partition. Where partitions are not known, all rows are of one.
    pub(crate) fn seeded(self, seed: i64) -> Expr {
        self.udf(seed).call(vec![marks::DRAW.call(Vec::new())])
    }

    /// Values that need not be the same another time.
    pub(crate) fn any(self) -> Expr {
        self.udf(any_seed()).call(Vec::new())
    }

    /// The type of the values.
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Even | Self::Normal => DataType::Float64,
            Self::Text(_) => DataType::Utf8,
            Self::Copies(_) => DataType::Int64,
        }
    }

    fn udf(self, seed: i64) -> Arc<ScalarUDF> {
        let kinds = vec![TypeSignature::Nullary, TypeSignature::Exact(vec![DataType::Int32])];
        let signature = Signature::one_of(kinds, Volatility::Volatile);
        let partitions = Mutex::default();
        Arc::new(ScalarUDF::new_from_impl(Seeded { seed, gives: self, partitions, signature }))
    }

    /// The generator of a partition.
    fn generator(self, seed: i64, partition: i32) -> Generator {
        match self {
            Self::Even | Self::Normal | Self::Text(_) => {
                Generator::Shift(XorShift::new(seed.wrapping_add(partition.into())))
            }
            Self::Copies(_) => {
                let mut seeds = Linear::new(seed);
                for _ in 0..partition {
                    seeds.long();
                }
                Generator::Well(Well::new(seeds.long()))
            }
        }
    }
}

/// A seed where none is given.
pub(crate) fn any_seed() -> i64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0).cast_signed()
}

#[derive(Debug)]
enum Generator {
    Shift(XorShift),
    Well(Well),
}

impl Generator {
    fn double(&mut self) -> f64 {
        match self {
            Self::Shift(shift) => shift.double(),
            Self::Well(well) => well.double(),
        }
    }

    fn values(&mut self, gives: Random, rows: usize) -> ArrayRef {
        let rows = 0..rows;
        match (gives, self) {
            (Random::Normal, Self::Shift(shift)) => {
                Arc::new(Float64Array::from_iter_values(rows.map(|_| shift.normal())))
            }
            (Random::Text(length), Self::Shift(shift)) => {
                Arc::new(StringArray::from_iter_values(rows.map(|_| shift.text(length))))
            }
            (Random::Copies(mean), Self::Well(well)) => {
                Arc::new(Int64Array::from_iter_values(rows.map(|_| well.poisson(mean))))
            }
            (_, generator) => {
                Arc::new(Float64Array::from_iter_values(rows.map(|_| generator.double())))
            }
        }
    }
}

/// See the module.
#[derive(Debug)]
struct Seeded {
    seed: i64,
    gives: Random,
    partitions: Mutex<HashMap<i32, Generator>>,
    signature: Signature,
}

impl Seeded {
    fn identity(&self) -> (i64, u8, u64) {
        let (kind, detail) = match self.gives {
            Random::Even => (0, 0),
            Random::Normal => (1, 0),
            Random::Text(length) => (2, length.into()),
            Random::Copies(mean) => (3, mean.to_bits()),
        };
        (self.seed, kind, detail)
    }
}

impl PartialEq for Seeded {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Seeded {}

impl Hash for Seeded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl ScalarUDFImpl for Seeded {
    fn name(&self) -> &str {
        match self.gives {
            Random::Even => "spark_rand",
            Random::Normal => "spark_randn",
            Random::Text(_) => "spark_randstr",
            Random::Copies(_) => "sample_copies",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.gives.data_type())
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), self.return_type(&[])?, false)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let partition = match args.args.first() {
            None => 0,
            Some(given) => {
                let given = given.to_array(args.number_rows)?;
                let numbers = given.as_primitive::<Int32Type>();
                if numbers.is_empty() { 0 } else { numbers.value(0) }
            }
        };
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        let generator = partitions
            .entry(partition)
            .or_insert_with(|| self.gives.generator(self.seed, partition));
        Ok(ColumnarValue::Array(generator.values(self.gives, args.number_rows)))
    }
}
