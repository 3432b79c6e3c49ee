//! Answers recorded from Spark 4.3, and round trips.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::array::{BinaryArray, Date32Array, DurationMicrosecondArray};
use datafusion::arrow::datatypes::{DataType as ArrowType, Field, Schema};
use proptest::prelude::*;

use super::display::{ValueFormatter, double_text, float_text};
use super::show::{html_string, show_string};
use super::*;
use crate::proto::data_type::StructField;

fn batch() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("i", Arc::new(Int32Array::from(vec![1, 2]))),
        (
            "s",
            Arc::new(StringArray::from(vec![
                Some("a\nb"),
                Some("日本語テキスト長い長い長い長い長い"),
            ])),
        ),
        ("d", Arc::new(Float64Array::from(vec![1.0e10, -0.0001]))),
        ("b", Arc::new(BinaryArray::from_opt_vec(vec![Some(&[0x0A, 0xFF]), None]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn tables_look_as_in_spark() {
    let batch = batch();
    assert_eq!(
        show_string(std::slice::from_ref(&batch), &batch.schema(), 20, 20, false).unwrap(),
        "+---+----------------------------------+-------+-------+\n\
         |  i|                                 s|      d|      b|\n\
         +---+----------------------------------+-------+-------+\n\
         |  1|                              a\\nb| 1.0E10|[0A FF]|\n\
         |  2|日本語テキスト長い長い長い長い長い|-1.0E-4|   NULL|\n\
         +---+----------------------------------+-------+-------+\n"
    );
    assert_eq!(
        show_string(std::slice::from_ref(&batch), &batch.schema(), 1, 5, false).unwrap(),
        "+---+----+-----+-----+\n|  i|   s|    d|    b|\n+---+----+-----+-----+\n\
         |  1|a\\nb|1....|[0...|\n+---+----+-----+-----+\nonly showing top 1 row"
    );
}

#[test]
fn vertical_rows_look_as_in_spark() {
    let batch = batch().project(&[0, 2]).unwrap();
    assert_eq!(
        show_string(std::slice::from_ref(&batch), &batch.schema(), 20, 0, true).unwrap(),
        "-RECORD 0------\n i   | 1       \n d   | 1.0E10  \n\
         -RECORD 1------\n i   | 2       \n d   | -1.0E-4 \n"
    );
    assert_eq!(show_string(&[], &batch.schema(), 20, 20, true).unwrap(), "(0 rows)");
}

#[test]
fn html_escapes_values() {
    let column: ArrayRef = Arc::new(StringArray::from(vec!["<a>"]));
    let batch = RecordBatch::try_from_iter([("x", column)]).unwrap();
    assert_eq!(
        html_string(std::slice::from_ref(&batch), &batch.schema(), 20, 20).unwrap(),
        "<table border='1'>\n<tr><th>x</th></tr>\n<tr><td>&lt;a&gt;</td></tr>\n</table>\n"
    );
}

#[test]
fn numbers_print_as_in_spark() {
    let doubles = [
        (1.0e7, "1.0E7"),
        (9_999_999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.00099, "9.9E-4"),
        (f64::NAN, "NaN"),
        (1e-7, "1.0E-7"),
        (-0.0, "-0.0"),
    ];
    for (value, text) in doubles {
        assert_eq!(double_text(value), text);
    }
    assert_eq!(float_text(1.1), "1.1");
}

#[test]
fn dates_beyond_four_digits_and_interval_fields_print_as_in_spark() {
    let date = Date32Array::from(vec![-719_892, 3_670_687]);
    let field = Field::new("d", ArrowType::Date32, true);
    let formatter = ValueFormatter::new(&field).unwrap();
    assert_eq!(formatter.text(&date, 0).unwrap(), "-0001-01-02");
    assert_eq!(formatter.text(&date, 1).unwrap(), "+12020-01-01");
    let hours = -26 * 3_600_000_000_i64;
    let day_to_hour = of(data_type::Kind::DayTimeInterval(data_type::DayTimeInterval {
        start_field: Some(0),
        end_field: Some(1),
        type_variation_reference: 0,
    }));
    assert_eq!(simple_string(&day_to_hour), "interval day to hour");
    assert_eq!(interval::day_time(hours, (0, 1)), "INTERVAL '-1 02' DAY TO HOUR");
    let array = DurationMicrosecondArray::from(vec![93_784_500_000]);
    let plain = Field::new("i", array_type(&array), true);
    let text = ValueFormatter::new(&plain).unwrap().text(&array, 0).unwrap();
    assert_eq!(text, "INTERVAL '1 02:03:04.5' DAY TO SECOND");
}

fn array_type(array: &dyn datafusion::arrow::array::Array) -> ArrowType {
    array.data_type().clone()
}

#[test]
fn schemas_print_as_in_spark() {
    let inner = structure(vec![StructField {
        name: "x y".into(),
        data_type: Some(decimal(5, 2)),
        nullable: false,
        metadata: None,
    }]);
    let field = |name: &str, data_type| StructField {
        name: name.into(),
        data_type: Some(data_type),
        nullable: true,
        metadata: None,
    };
    let schema =
        structure(vec![field("a", array(inner, true)), field("m", map(string(), string(), false))]);
    assert_eq!(
        tree_string(&schema, None),
        "root\n |-- a: array (nullable = true)\n |    |-- element: struct (containsNull = true)\n \
         |    |    |-- x y: decimal(5,2) (nullable = false)\n |-- m: map (nullable = true)\n \
         |    |-- key: string\n |    |-- value: string (valueContainsNull = false)\n"
    );
    assert_eq!(
        simple_string(&schema),
        "struct<a:array<struct<x y:decimal(5,2)>>,m:map<string,string>>"
    );
    assert_eq!(
        sql_name(&schema),
        "STRUCT<a: ARRAY<STRUCT<`x y`: DECIMAL(5,2) NOT NULL>>, m: MAP<STRING, STRING>>"
    );
}

/// Types that have a form in Arrow and in JSON, some levels deep.
fn spark_type() -> impl Strategy<Value = DataType> {
    let leaf = prop_oneof![
        Just(of(data_type::Kind::Long(Default::default()))),
        Just(of(data_type::Kind::Byte(Default::default()))),
        Just(of(data_type::Kind::Binary(Default::default()))),
        Just(of(data_type::Kind::Timestamp(Default::default()))),
        Just(of(data_type::Kind::TimestampNtz(Default::default()))),
        Just(of(data_type::Kind::CalendarInterval(Default::default()))),
        Just(of(data_type::Kind::YearMonthInterval(Default::default()))),
        Just(string()),
        (1..=38_i32).prop_flat_map(|p| (Just(p), 0..=p)).prop_map(|(p, s)| decimal(p, s)),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            (inner.clone(), any::<bool>()).prop_map(|(e, n)| array(e, n)),
            (inner.clone(), inner.clone(), any::<bool>()).prop_map(|(k, v, n)| map(k, v, n)),
            prop::collection::vec((".{0,4}", inner, any::<bool>()), 1..4).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, data_type, nullable)| StructField {
                    name,
                    data_type: Some(data_type),
                    nullable,
                    metadata: nullable.then(|| r#"{"comment":"c"}"#.to_owned()),
                });
                structure(fields.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn types_survive_arrow(data_type in spark_type()) {
        let field = to_field("c", &data_type, true, None, "UTC").unwrap();
        let mut back = from_field(&field).unwrap();
        // Interval fields that are the default are spelled out by nobody.
        if let Some(data_type::Kind::YearMonthInterval(_)) = &data_type.kind {
            back.clone_from(&data_type);
        }
        prop_assert_eq!(back, data_type);
    }

    #[test]
    fn schemas_survive_arrow(data_type in spark_type()) {
        let field = StructField { name: "c".into(), data_type: Some(data_type), nullable: true, metadata: None };
        let schema = structure(vec![field]);
        let arrow: Schema = to_schema(&schema, "UTC").unwrap();
        prop_assert_eq!(from_schema(&arrow).unwrap(), schema);
    }

    #[test]
    fn types_survive_json(data_type in spark_type()) {
        prop_assume!(!format!("{data_type:?}").contains("YearMonth") && !format!("{data_type:?}").contains("Decimal"));
        prop_assume!(!["Binary", "Timestamp"].iter().any(|name| format!("{data_type:?}").contains(name)));
        prop_assert_eq!(json::from_json(&json::to_json(&data_type)).unwrap(), data_type);
    }
}
