//! TPC-H query 6 over Parquet that is generated once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use datafusion::parquet::arrow::ArrowWriter;
use datafusion_spark_connect::Session;
use datafusion_spark_connect::testkit::{call, col, expr, relation};
use tpchgen::generators::LineItemGenerator;
use tpchgen_arrow::{LineItemArrow, RecordBatchIterator as _};

use super::Result;

const SCALE_FACTOR: f64 = 0.1;

/// Runs the query and prints its plan's answer and time.
pub(crate) async fn query_6(session: &Arc<Session>) -> Result<()> {
    let path = lineitem()?;
    let started = Instant::now();
    let query = relation::read_path("parquet", path.to_string_lossy())
        .filter(expr(
            "l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR \
             AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND l_quantity < 24",
        ))
        .aggregate(
            [""; 0],
            [call("sum", [col("l_extendedprice") * col("l_discount")]).alias("revenue")],
        );
    let answer = super::rows(session, &query).await?;
    let elapsed = started.elapsed();
    println!("TPC-H query 6, scale factor {SCALE_FACTOR}:\n{answer}");
    println!("translated and run in {:.0} ms", elapsed.as_secs_f64() * 1_000.0);
    Ok(())
}

/// The table's file, beside the build; written on the first run.
fn lineitem() -> Result<PathBuf> {
    let build = std::env::current_exe()?;
    let build = build.ancestors().nth(3).ok_or("the program is in no target directory")?;
    let path = build.join(format!("tpch-sf{SCALE_FACTOR}")).join("lineitem.parquet");
    if !path.exists() {
        let started = Instant::now();
        generate(&path)?;
        println!("Wrote {} in {:.1} s.\n", path.display(), started.elapsed().as_secs_f64());
    }
    Ok(path)
}

fn generate(path: &Path) -> Result<()> {
    fs::create_dir_all(path.parent().ok_or("the file is in no directory")?)?;
    // Half a file must never be taken for a whole one.
    let unfinished = path.with_extension(format!("{}", std::process::id()));
    let batches = LineItemArrow::new(LineItemGenerator::new(SCALE_FACTOR, 1, 1));
    let mut writer =
        ArrowWriter::try_new(File::create(&unfinished)?, Arc::clone(batches.schema()), None)?;
    for batch in batches {
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(fs::rename(unfinished, path)?)
}
