//! `hyper_anf`: for each vertex, which vertices are 0, 1, 2, ... steps along the edges
//! away, as sketches that tell roughly how many they are (HyperLogLog of Apache
//! DataSketches, as Spark's functions `hll_*` have them).

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, AsArray as _, BinaryBuilder, UInt32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion_spark_connect::{Error, Planned, Result};
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};

use crate::engine::vectors::check_values;
use crate::engine::{EdgeList, Ids, Loaded, Work, compute};
use crate::error::{OrArrow as _, require};
use crate::graph::{Graph, ID};
use crate::method::Method;
use crate::proto::HyperAnf;
use crate::structure::filtered;

#[async_trait]
impl Method for HyperAnf {
    async fn schema(&self, graph: &Graph) -> Result<Option<SchemaRef>> {
        let own = graph.vertex_schema()?;
        let ids = own.fields().iter().filter(|field| field.name() == ID).cloned();
        let hops = (0..=self.hops()?).map(|hop| Arc::new(field(hop)));
        Ok(Some(Arc::new(Schema::new(ids.chain(hops).collect::<Vec<_>>()))))
    }

    async fn run(&self, graph: &Graph) -> Result<Planned> {
        let Self {
            n_hops: _,
            lg_nom_entries,
            edges_filter_expression,
            checkpoint_interval: _,
            use_local_checkpoints: _,
            storage_level: _,
        } = self;
        let hops = self.hops()?;
        require((4..=21).contains(lg_nom_entries), || {
            format!("lgNomEntries must be between 4 and 21 (inclusive), but got {lg_nom_entries}")
        })?;
        let size = u8::try_from(*lg_nom_entries).unwrap_or_default();
        let edges = match edges_filter_expression {
            Some(_) => filtered(graph, graph.edges(), edges_filter_expression.as_ref())?,
            None => graph.edges().clone(),
        };
        let loaded = Loaded::new(&graph.with(graph.vertices().clone(), edges)).await?;
        let (ids, edges, id_type) = (loaded.ids(), loaded.edges(), graph.id_type()?);
        let columns = compute(graph.planner(), "neighbourhoods", move |work| {
            let first = firsts(&ids, &id_type, size)?;
            columns(first, &edges, hops, size, work)
        })
        .await?;
        let columns = (0..).map(field).zip(columns).collect();
        loaded
            .with_columns(columns, |own, new| {
                own.into_iter().filter(|(field, _)| field.name() == ID).chain(new).collect()
            })
            .await
    }
}

impl HyperAnf {
    fn hops(&self) -> Result<usize> {
        let hops = usize::try_from(self.n_hops).unwrap_or_default();
        require(hops > 0, || format!("nHops must be a positive integer, but got {}", self.n_hops))?;
        Ok(hops)
    }
}

fn field(hop: usize) -> Field {
    Field::new(format!("hop_{hop}"), DataType::Binary, true)
}

fn failed(error: datasketches::error::Error) -> Error {
    Error::internal(format!("a sketch failed: {error}"))
}

/// A sketch of each vertex itself. Ids are put in as Spark's `hll_sketch_agg` does.
fn firsts(ids: &Ids, id_type: &DataType, size: u8) -> Result<Vec<HllSketch>> {
    let numbers = (0..ids.len() as u32).collect::<Vec<_>>();
    let all = ids.array(&UInt32Array::from(numbers))?;
    let sketch = |coupon: Option<Coupon>| -> Result<HllSketch> {
        let mut sketch = HllSketch::new(size, HllType::Hll8).map_err(failed)?;
        coupon.into_iter().for_each(|coupon| sketch.update_with_coupon(coupon));
        Ok(sketch)
    };
    match id_type {
        integer if integer.is_integer() => {
            let all = cast(&all, &DataType::Int64).or_arrow()?;
            let longs = all.as_primitive::<Int64Type>().iter();
            longs.map(|id| sketch(id.map(Coupon::from_value))).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let all = cast(&all, &DataType::Utf8).or_arrow()?;
            let texts = all.as_string::<i32>().iter();
            let coupon = |text: &str| Coupon::from_value(raw_bytes::from_str(text));
            texts.map(|id| sketch(id.filter(|id| !id.is_empty()).map(coupon))).collect()
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let all = cast(&all, &DataType::Binary).or_arrow()?;
            let bytes = all.as_binary::<i32>().iter();
            let coupon = |bytes: &[u8]| Coupon::from_value(raw_bytes::from_slice(bytes));
            bytes.map(|id| sketch(id.filter(|id| !id.is_empty()).map(coupon))).collect()
        }
        other => Err(Error::unsupported_because(
            "graphframes.hyper_anf.id_type",
            format!("sketches are of integers, text and bytes, and ids are {other}"),
        )),
    }
}

/// Columns of sketches. The vertices so many steps away are those that are one step less
/// away from the neighbours. A vertex from which none is so far away has an empty sketch.
fn columns(
    mut sketches: Vec<HllSketch>,
    edges: &EdgeList,
    hops: usize,
    size: u8,
    work: &Work,
) -> Result<Vec<ArrayRef>> {
    let mut held = sketches.iter().map(HllSketch::estimated_size).sum();
    work.reserve(held)?;
    let mut columns = vec![column(&sketches, work)?];
    for hop in 1..=hops {
        work.step(hop, hops)?;
        let taken = held;
        (sketches, held) = step(&sketches, edges, size, work)?;
        work.release(taken);
        columns.push(column(&sketches, work)?);
    }
    Ok(columns)
}

/// Bytes between two looks at whether there is memory left.
const STRIDE: usize = 1 << 20;

/// The sketches of the neighbours of each vertex in one, and what these take.
fn step(
    sketches: &[HllSketch],
    edges: &EdgeList,
    size: u8,
    work: &Work,
) -> Result<(Vec<HllSketch>, usize)> {
    let mut unions = Vec::with_capacity(sketches.len());
    for _ in sketches {
        unions.push(HllUnion::new(size).map_err(failed)?);
    }
    let mut held: usize = unions.iter().map(HllUnion::estimated_size).sum();
    work.reserve(held)?;
    let (mut grown, mut full) = (0, Ok(()));
    edges.for_each(work, |src, dst, _| {
        if full.is_err() {
            return;
        }
        let before = unions[src].estimated_size();
        unions[src].update(&sketches[dst]);
        grown += unions[src].estimated_size().saturating_sub(before);
        if grown >= STRIDE {
            full = work.reserve(grown);
            held += std::mem::take(&mut grown);
        }
    })?;
    full?;
    work.reserve(grown)?;
    let joined = unions.into_iter().map(|union| union.to_sketch(HllType::Hll8)).collect();
    Ok((joined, held + grown))
}

fn column(sketches: &[HllSketch], work: &Work) -> Result<ArrayRef> {
    let mut builder = BinaryBuilder::with_capacity(sketches.len(), 0);
    let mut total = 0_usize;
    for sketch in sketches {
        let bytes = sketch.serialize();
        total += bytes.len();
        check_values(total)?;
        work.reserve(bytes.len() + size_of::<i32>())?;
        builder.append_value(bytes);
    }
    Ok(Arc::new(builder.finish()))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Int64Array, StringArray};

    use super::*;
    use crate::engine::testing::{edges, work};

    fn ids(count: i64) -> Result<Ids> {
        let mut ids = Ids::new(&DataType::Int64)?;
        let array: ArrayRef = Arc::new(Int64Array::from_iter_values(0..count));
        ids.add(&array, &work()?)?;
        Ok(ids)
    }

    fn estimates(column: &ArrayRef) -> Result<Vec<u64>> {
        let sketches = column.as_binary::<i32>().iter().flatten();
        sketches
            .map(|bytes| {
                Ok(HllSketch::deserialize(bytes).map_err(failed)?.estimate().round() as u64)
            })
            .collect()
    }

    /// Spark's `hll_sketch_agg` has these for ids as well.
    #[test]
    fn ids_are_hashed_as_spark_does() -> Result<()> {
        let longs = firsts(&ids(2)?, &DataType::Int64, 12)?;
        assert_eq!(longs[0].serialize()[8..], [0xCB, 0xD7, 0xC2, 0x04]);
        assert_eq!(longs[1].serialize()[8..], [0x2B, 0xF2, 0xFB, 0x06]);
        let mut ids = Ids::new(&DataType::Utf8)?;
        let array: ArrayRef = Arc::new(StringArray::from(vec![Some("vertex 1"), None]));
        ids.add(&array, &work()?)?;
        let texts = firsts(&ids, &DataType::Utf8, 12)?;
        assert_eq!(texts[0].serialize()[8..], [0x99, 0xF2, 0x9B, 0x05]);
        assert!(texts[1].is_empty());
        Ok(())
    }

    #[test]
    fn steps_along_the_edges() -> Result<()> {
        let edges = edges(&[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 0)])?;
        let first = firsts(&ids(5)?, &DataType::Int64, 12)?;
        let found = columns(first, &edges, 3, 12, &work()?)?;
        let found = found.iter().map(estimates).collect::<Result<Vec<_>>>()?;
        let expected = [[1, 1, 1, 1, 1], [2, 1, 1, 2, 0], [1, 2, 2, 2, 0], [2, 2, 2, 1, 0]];
        assert_eq!(found, expected);
        Ok(())
    }

    #[test]
    fn many_are_estimated() -> Result<()> {
        let pairs: Vec<_> = (1..5000).map(|vertex| (0, vertex)).collect();
        let found =
            columns(firsts(&ids(5000)?, &DataType::Int64, 12)?, &edges(&pairs)?, 1, 12, &work()?)?;
        let found = estimates(&found[1])?[0];
        assert!((4700..5300).contains(&found), "{found}");
        Ok(())
    }
}
