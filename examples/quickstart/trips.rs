//! A small `samples.nyctaxi.trips`.

use std::sync::Arc;

use datafusion::arrow::array::{Float64Array, Int32Array, RecordBatch, TimestampMicrosecondArray};
use datafusion::catalog::{
    CatalogProvider, MemTable, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider,
};
use datafusion::prelude::SessionContext;

use super::Result;

const TRIPS: i32 = 5;
/// 2016-02-13 12:00:00, in seconds.
const FIRST_PICKUP: i64 = 1_455_364_800;

/// Adds the catalog to a context, by DataFusion's own means.
pub(crate) fn register(context: &SessionContext, time_zone: &str) -> Result<()> {
    let schema = MemorySchemaProvider::new();
    let batch = generate(time_zone)?;
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
    schema.register_table("trips".to_owned(), Arc::new(table))?;
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema("nyctaxi", Arc::new(schema))?;
    context.register_catalog("samples", Arc::new(catalog));
    Ok(())
}

fn generate(time_zone: &str) -> Result<RecordBatch> {
    let trips = || 0..TRIPS;
    let at = |trip: i32, minutes: i64| {
        (FIRST_PICKUP + i64::from(trip) * 3_600 + minutes * 60) * 1_000_000
    };
    let times = |minutes: fn(i32) -> i64| {
        let times = trips().map(|trip| at(trip, minutes(trip)));
        TimestampMicrosecondArray::from_iter_values(times).with_timezone(time_zone)
    };
    let distance = |trip: i32| f64::from(8 + trip * 13) / 10.0;
    let distances = trips().map(distance);
    let fares = trips().map(|trip| 2.5 + (distance(trip) * 2.5).round());
    let zips = |first: i32| Int32Array::from_iter_values(trips().map(|trip| first + 7 * trip));
    Ok(RecordBatch::try_from_iter([
        ("tpep_pickup_datetime", Arc::new(times(|_| 0)) as _),
        ("tpep_dropoff_datetime", Arc::new(times(|trip| 6 + i64::from(trip) * 4)) as _),
        ("trip_distance", Arc::new(Float64Array::from_iter_values(distances)) as _),
        ("fare_amount", Arc::new(Float64Array::from_iter_values(fares)) as _),
        ("pickup_zip", Arc::new(zips(10_001)) as _),
        ("dropoff_zip", Arc::new(zips(10_110)) as _),
    ])?)
}
