//! `write_operation`: rows into files or into a table.

use std::collections::{BTreeMap, HashMap};

use datafusion::logical_expr::dml::InsertOp;

use crate::catalog::{TableName, table_name};
use crate::error::{AtField as _, Condition, Error, Required as _, Result};
use crate::planner::SparkConnectPlanner;
use crate::planner::columns::same_name;
use crate::planner::output::CommandOutput;
use crate::planner::planned::Planned;
use crate::proto::WriteOperation;
use crate::proto::write_operation::save_table::TableSaveMethod;
use crate::proto::write_operation::{BucketBy, SaveMode, SaveTable, SaveType};
use crate::source::Buckets;
use crate::sql;
use crate::table::{self, NewTable, Save, Target, WhenThere};
use crate::types;

pub(super) async fn run(
    planner: &SparkConnectPlanner,
    message: &WriteOperation,
) -> Result<CommandOutput> {
    let WriteOperation {
        input,
        source,
        save_type,
        mode,
        sort_column_names,
        partitioning_columns,
        bucket_by,
        options: _,
        clustering_columns,
        with_schema_evolution,
    } = message;
    let buckets = buckets(bucket_by.as_ref(), sort_column_names, save_type.as_ref())?;
    match clustering_columns.is_empty() {
        false if buckets.is_some() => {
            return Err(Error::analysis(Condition::CLUSTER_BY_WITH_BUCKETING, []));
        }
        false if !partitioning_columns.is_empty() => {
            return Err(Error::analysis(Condition::CLUSTER_BY_WITH_PARTITIONED_BY, []));
        }
        _ => {}
    }
    if *with_schema_evolution {
        return Err(Error::unsupported("write.with_schema_evolution"));
    }
    let input = planner.plan_relation(input.as_ref().required("input")?).await.at("input")?;
    let mode = SaveMode::try_from(*mode).unwrap_or(SaveMode::Unspecified);
    let default = planner.session().conf().get_option("spark.sql.sources.default");
    let format = source.as_deref().filter(|name| !name.is_empty());
    let format = format.or(default.as_deref()).unwrap_or("parquet").to_lowercase();
    let write = Write { planner, message, input, mode, format: &format, buckets };
    match save_type {
        None => write.files(None).await?,
        Some(SaveType::Path(path)) => write.files(Some(path)).await?,
        Some(SaveType::Table(table)) => write.table(table).await.at("table")?,
    }
    Ok(CommandOutput::None)
}

struct Write<'a> {
    planner: &'a SparkConnectPlanner,
    message: &'a WriteOperation,
    input: Planned,
    mode: SaveMode,
    format: &'a str,
    buckets: Option<Buckets>,
}

/// What spreads rows over files; only a table can be told.
fn buckets(
    bucket_by: Option<&BucketBy>,
    sort_columns: &[String],
    save_type: Option<&SaveType>,
) -> Result<Option<Buckets>> {
    let Some(BucketBy { bucket_column_names, num_buckets }) = bucket_by else {
        return match sort_columns {
            [] => Ok(None),
            _ => Err(Error::analysis(Condition::SORT_BY_WITHOUT_BUCKETING, [])),
        };
    };
    let operation = match save_type {
        Some(SaveType::Table(table)) => match TableSaveMethod::try_from(table.save_method) {
            Ok(TableSaveMethod::InsertInto) => Some("insertInto"),
            _ => None,
        },
        Some(SaveType::Path(_)) | None => Some("save"),
    };
    if let Some(operation) = operation {
        let operation = operation.to_owned();
        return Err(Error::analysis(Condition::BUCKET_BY_UNSUPPORTED, [("operation", operation)]));
    }
    let count = u32::try_from(*num_buckets).ok().filter(|count| (1..=MOST_BUCKETS).contains(count));
    let count = count.ok_or_else(|| {
        Error::analysis(
            Condition::INVALID_BUCKET_COUNT,
            [
                ("bucketingMaxBuckets", MOST_BUCKETS.to_string()),
                ("numBuckets", num_buckets.to_string()),
            ],
        )
    })?;
    let columns = bucket_column_names.clone();
    Ok(Some(Buckets { count, columns, sort_columns: sort_columns.to_vec() }))
}

/// How many buckets there may be.
const MOST_BUCKETS: u32 = 100_000;

impl Write<'_> {
    fn when_there(&self) -> WhenThere {
        match self.mode {
            SaveMode::Unspecified | SaveMode::ErrorIfExists | SaveMode::Append => WhenThere::Fail,
            SaveMode::Ignore => WhenThere::Keep,
            SaveMode::Overwrite => WhenThere::Overwrite,
        }
    }

    fn appends(&self) -> bool {
        self.mode == SaveMode::Append
    }

    async fn files(&self, path: Option<&str>) -> Result<()> {
        let save = Save {
            format: self.format,
            path,
            options: &self.message.options,
            partition_by: &self.message.partitioning_columns,
            append: self.appends(),
            when_there: self.when_there(),
        };
        table::save(self.planner, save, &self.input).await
    }

    async fn table(&self, table: &SaveTable) -> Result<()> {
        let SaveTable { table_name: text, save_method } = table;
        let name = table_name(self.planner.session(), text)?;
        match TableSaveMethod::try_from(*save_method).unwrap_or_default() {
            TableSaveMethod::SaveAsTable => self.save_as_table(name).await,
            TableSaveMethod::InsertInto => self.insert_into(name, text).await,
            TableSaveMethod::Unspecified => Err(Error::missing_field("save_method")),
        }
    }

    async fn save_as_table(&self, name: TableName) -> Result<()> {
        if self.appends()
            && let Some(target) = table::find(self.planner, &name).await?
        {
            return self.append(&target).await;
        }
        if self.mode == SaveMode::Overwrite {
            self.refuse_reading(&name)?;
        }
        let mut options: HashMap<_, _> = self.message.options.clone();
        let location = options.remove("path");
        let new = NewTable {
            provider: Some(self.format.to_owned()),
            location,
            partition_by: self.message.partitioning_columns.clone(),
            options: options.into_iter().collect(),
            buckets: self.buckets.clone(),
            properties: self.clustering()?,
            ..NewTable::new(name, self.when_there())
        };
        table::create_as(self.planner, new, &self.input).await?;
        Ok(())
    }

    /// The columns that the table is said to be clustered by, as a property.
    fn clustering(&self) -> Result<BTreeMap<String, String>> {
        let columns = &self.message.clustering_columns;
        if columns.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names: Vec<&str> = self.input.columns().names().collect();
        if let Some(name) = columns.iter().find(|own| !names.iter().any(|n| same_name(n, own))) {
            return Err(Error::analysis(
                Condition::PARTITION_COLUMN_NOT_FOUND,
                [("col", name.clone()), ("schemaCatalog", names.join(", "))],
            ));
        }
        let columns: Vec<[&String; 1]> = columns.iter().map(|name| [name]).collect();
        let text = serde_json::json!(columns).to_string();
        Ok(BTreeMap::from([("clusteringColumns".to_owned(), text)]))
    }

    /// A table that is read cannot be replaced by what is read from it.
    fn refuse_reading(&self, name: &TableName) -> Result<()> {
        let path = [&*name.catalog, &name.database, &name.table].map(str::to_lowercase);
        let reads = self.input.columns().entries().iter().any(|entry| {
            let qualifier = entry.qualifier().iter().map(|part| part.to_lowercase());
            qualifier.collect::<Vec<_>>() == path
        });
        if reads {
            return Err(Error::analysis(
                Condition::UNSUPPORTED_OVERWRITE_TABLE,
                [("table", name.quoted())],
            ));
        }
        Ok(())
    }

    /// Adds rows to a table, by the names of its columns.
    async fn append(&self, target: &Target) -> Result<()> {
        let shown = [&*target.name.catalog, &target.name.database, &target.name.table].join(".");
        let schema = target.schema(self.planner.session());
        if let Some(definition) = &target.definition
            && self.message.source.as_ref().is_some_and(|own| !own.is_empty())
            && !self.format.eq_ignore_ascii_case(&definition.provider)
        {
            return Err(Error::analysis(
                Condition::TABLE_FORMAT_MISMATCH,
                [
                    ("tableName", shown),
                    ("existingProvider", source_class(&definition.provider)),
                    ("specifiedProvider", source_class(self.format)),
                ],
            ));
        }
        if target.is_foreign() {
            return self.append_to_foreign(target, &schema).await;
        }
        if let Some(definition) = &target.definition {
            self.check_columns(&shown, &schema)?;
            let specified = &self.message.partitioning_columns;
            let same = specified.len() == definition.partition_by.len()
                && specified.iter().zip(&definition.partition_by).all(|(a, b)| same_name(a, b));
            if !same {
                return Err(Error::analysis(
                    Condition::PARTITIONING_MISMATCH,
                    [
                        ("tableName", shown),
                        ("specifiedPartCols", specified.join(", ")),
                        ("existingPartCols", definition.partition_by.join(", ")),
                    ],
                ));
            }
        }
        let name = target.name.quoted();
        let rows = table::by_name(self.planner, &self.input, &name, &schema)?;
        table::insert(self.planner, target.provider.as_ref(), &rows, InsertOp::Append).await?;
        Ok(())
    }

    async fn append_to_foreign(
        &self,
        target: &Target,
        schema: &datafusion::arrow::datatypes::Schema,
    ) -> Result<()> {
        let name = target.name.quoted();
        let rows = table::by_known_names(self.planner, &self.input, &name, schema)?;
        let provider = table::provider(self.planner, target, &self.message.options).await?;
        table::insert(self.planner, provider.as_ref(), &rows, InsertOp::Append).await?;
        Ok(())
    }

    fn check_columns(
        &self,
        shown: &str,
        schema: &datafusion::arrow::datatypes::Schema,
    ) -> Result<()> {
        if schema.fields().len() == self.input.columns().len() {
            return Ok(());
        }
        let text = |schema| Ok::<_, Error>(types::simple_string(&types::from_schema(schema)?));
        Err(Error::analysis(
            Condition::COLUMN_NUMBER_MISMATCH,
            [
                ("tableName", shown.to_owned()),
                ("existingTableSchema", text(schema)?),
                ("querySchema", text(self.input.schema()?.as_ref())?),
            ],
        ))
    }

    /// Adds rows to a table, by the positions of its columns.
    async fn insert_into(&self, name: TableName, text: &str) -> Result<()> {
        if !self.message.partitioning_columns.is_empty() {
            return Err(Error::analysis(
                Condition::PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO,
                [("tableName", text.to_owned())],
            ));
        }
        let target = table::target(self.planner, &name, &sql::parse_identifier(text)?).await?;
        let schema = target.schema(self.planner.session());
        let shown = target.name.quoted();
        let rows = table::by_position(self.planner, &self.input, &shown, &schema)?;
        let operation = match self.mode {
            SaveMode::Overwrite => {
                self.refuse_reading(&target.name)?;
                InsertOp::Overwrite
            }
            _ => InsertOp::Append,
        };
        let provider = table::provider(self.planner, &target, &self.message.options).await?;
        table::insert(self.planner, provider.as_ref(), &rows, operation).await?;
        Ok(())
    }
}

/// What Spark calls a format in one of its errors.
fn source_class(format: &str) -> String {
    let name = match format {
        "csv" => "CSV",
        "json" => "Json",
        "parquet" => "Parquet",
        "text" => "Text",
        "orc" => "Orc",
        other => return other.to_owned(),
    };
    format!("{name}DataSourceV2")
}
