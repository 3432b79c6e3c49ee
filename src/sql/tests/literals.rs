//! Literals mean the values they were written from.

use proptest::prelude::*;

use crate::proto::expression::ExprType;
use crate::proto::expression::literal::LiteralType;
use crate::sql::parse_expression;

fn literal(text: &str) -> LiteralType {
    match parse_expression(text).unwrap().expression.expr_type.unwrap() {
        ExprType::Literal(literal) => literal.literal_type.unwrap(),
        other => panic!("{text}: {other:?}"),
    }
}

proptest! {
    #[test]
    fn integers(value: i32) {
        prop_assert_eq!(literal(&value.to_string()), LiteralType::Integer(value));
    }

    #[test]
    fn longs(value: i64) {
        prop_assert_eq!(literal(&format!("{value}L")), LiteralType::Long(value));
    }

    #[test]
    fn doubles(value in any::<f64>().prop_filter("a number", |value| value.is_finite())) {
        prop_assert_eq!(literal(&format!("{value:e}")), LiteralType::Double(value));
        prop_assert_eq!(literal(&format!("{value}D")), LiteralType::Double(value));
    }

    #[test]
    fn decimals(whole in 0u64..1_000_000_000_000, fraction in "[0-9]{1,10}") {
        let text = format!("{whole}.{fraction}");
        let LiteralType::Decimal(decimal) = literal(&text) else { panic!("{text}") };
        prop_assert_eq!(decimal.value, text);
        prop_assert_eq!(decimal.scale, i32::try_from(fraction.len()).ok());
    }

    #[test]
    fn strings(value in any::<String>()) {
        let quoted = value.replace('\\', "\\\\").replace('\'', "''");
        prop_assert_eq!(literal(&format!("'{quoted}'")), LiteralType::String(value.clone()));
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        prop_assert_eq!(literal(&format!("\"{quoted}\"")), LiteralType::String(value));
    }

    #[test]
    fn raw_strings(value in "[^']*") {
        prop_assert_eq!(literal(&format!("r'{value}'")), LiteralType::String(value));
    }

    #[test]
    fn binaries(value: Vec<u8>) {
        let digits: String = value.iter().map(|byte| format!("{byte:02X}")).collect();
        prop_assert_eq!(literal(&format!("X'{digits}'")), LiteralType::Binary(value));
    }

    #[test]
    fn dates(days in -700_000i32..2_900_000) {
        let epoch = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        let date = epoch + chrono::Duration::days(i64::from(days));
        prop_assert_eq!(literal(&format!("date '{date}'")), LiteralType::Date(days));
    }

    #[test]
    fn intervals(days in -1_000_000i64..1_000_000, seconds in 0i64..86_400, micros in 0i64..1_000_000) {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let sign = if days < 0 { "-" } else { "" };
        let text = format!(
            "interval '{sign}{} {hours:02}:{minutes:02}:{:02}.{micros:06}' day to second",
            days.abs(), seconds % 60,
        );
        let total = (days.abs() * 86_400 + seconds) * 1_000_000 + micros;
        let total = if days < 0 { -total } else { total };
        prop_assert_eq!(literal(&text), LiteralType::DayTimeInterval(total));
    }

    #[test]
    fn quoted_identifiers(parts in prop::collection::vec(any::<String>(), 1..4)) {
        let quoted: Vec<_> = parts.iter().map(|part| format!("`{}`", part.replace('`', "``"))).collect();
        prop_assert_eq!(&crate::sql::parse_identifier(&quoted.join(".")).unwrap(), &parts);
        prop_assert_eq!(&crate::sql::parse_identifier(&crate::sql::identifier::quote(&parts)).unwrap(), &parts);
    }
}
