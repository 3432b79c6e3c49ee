//! Vectors: arrays of floats.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float32Array, Float32Builder, ListBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Float32Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::nested::as_list;
use super::{Kernel, Nulls, evaluated, udf};
use crate::error::{Condition, Error};

macro_rules! of_two {
    ($($static:ident $name:literal $work:ident;)*) => {
        $(pub(crate) static $static: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
            udf(Kernel {
                name: concat!("spark_", $name),
                nulls: Nulls::Always,
                volatility: Volatility::Immutable,
                returns: |_| Ok(DataType::Float32),
                run: |args| evaluated(&args, |arrays, rows| {
                    let (a, b) = (vectors(&arrays[0])?, vectors(&arrays[1])?);
                    let values = (0..rows).map(|row| match (&a[row], &b[row]) {
                        (Some(a), Some(b)) if a.len() != b.len() => {
                            Err(mismatch($name, a.len(), b.len()).into())
                        }
                        (Some(a), Some(b)) => Ok($work(a, b)),
                        _ => Ok(None),
                    });
                    Ok(Arc::new(values.collect::<Result<Float32Array>>()?) as ArrayRef)
                }),
            })
        });)*
    };
}

of_two! {
    INNER "vector_inner_product" inner;
    DISTANCE "vector_l2_distance" distance;
    COSINE "vector_cosine_similarity" cosine;
}

fn mismatch(name: &str, left: usize, right: usize) -> Error {
    Error::analysis(
        Condition::VECTOR_DIMENSION_MISMATCH,
        [
            ("functionName", format!("`{name}`")),
            ("leftDim", left.to_string()),
            ("rightDim", right.to_string()),
        ],
    )
}

/// The vector of each row; none for NULL and for one with a gap.
fn vectors(array: &ArrayRef) -> Result<Vec<Option<Vec<f32>>>> {
    let list = as_list(array)?;
    let rows = (0..list.len()).map(|row| {
        if list.is_null(row) {
            return None;
        }
        let values = list.value(row);
        values.as_primitive::<Float32Type>().iter().collect()
    });
    Ok(rows.collect())
}

fn inner(a: &[f32], b: &[f32]) -> Option<f32> {
    Some(a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32)
}

fn distance(a: &[f32], b: &[f32]) -> Option<f32> {
    let squares = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
    Some(squares.sum::<f64>().sqrt() as f32)
}

/// None of a vector without a length.
fn cosine(a: &[f32], b: &[f32]) -> Option<f32> {
    let (length_a, length_b) = (norm(a, 2.0)?, norm(b, 2.0)?);
    let product: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    (length_a != 0.0 && length_b != 0.0).then(|| (product / (length_a * length_b)) as f32)
}

/// The sum of the powers, and the root of it.
fn norm(vector: &[f32], degree: f32) -> Option<f64> {
    let sizes = vector.iter().map(|value| f64::from(value.abs()));
    Some(if degree.is_infinite() {
        sizes.fold(0.0, f64::max)
    } else if degree == 1.0 {
        sizes.sum()
    } else {
        sizes.map(|size| size.powf(degree.into())).sum::<f64>().powf(1.0 / f64::from(degree))
    })
}

pub(crate) static NORM: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_vector_norm",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::Float32),
        run: |args| {
            evaluated(&args, |arrays, rows| {
                let vectors = vectors(&arrays[0])?;
                let degrees = arrays[1].as_primitive::<Float32Type>();
                let norms: Float32Array = (0..rows)
                    .map(|row| {
                        let vector = vectors[row].as_ref()?;
                        let degree = degrees.is_valid(row).then(|| degrees.value(row))?;
                        norm(vector, degree).map(|norm| norm as f32)
                    })
                    .collect();
                Ok(Arc::new(norms) as ArrayRef)
            })
        },
    })
});

pub(crate) static NORMALIZE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(Kernel {
        name: "spark_vector_normalize",
        nulls: Nulls::Always,
        volatility: Volatility::Immutable,
        returns: |_| Ok(DataType::new_list(DataType::Float32, true)),
        run: |args| evaluated(&args, normalized),
    })
});

fn normalized(arrays: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
    let vectors = vectors(&arrays[0])?;
    let degrees = arrays[1].as_primitive::<Float32Type>();
    let field = Arc::new(Field::new_list_field(DataType::Float32, true));
    let mut lists = ListBuilder::new(Float32Builder::new()).with_field(field);
    for (row, vector) in vectors.iter().enumerate().take(rows) {
        let degree = degrees.is_valid(row).then(|| degrees.value(row));
        let norm = vector.as_ref().zip(degree).and_then(|(v, degree)| norm(v, degree));
        match (vector, norm) {
            (Some(vector), Some(norm)) if norm != 0.0 => {
                lists.values().extend(vector.iter().map(|v| Some((f64::from(*v) / norm) as f32)));
                lists.append(true);
            }
            _ => lists.append_null(),
        }
    }
    Ok(Arc::new(lists.finish()))
}
