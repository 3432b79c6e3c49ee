//! The protocol's messages in one short line, for comparison in tests.

use crate::Error;
use crate::proto::data_type::Kind as TypeKind;
use crate::proto::expression::literal::LiteralType;
use crate::proto::expression::window::window_frame::FrameBoundary;
use crate::proto::expression::window::window_frame::frame_boundary::Boundary;
use crate::proto::expression::{ExprType, Literal, SortOrder};
use crate::proto::read::ReadType;
use crate::proto::relation::RelType;
use crate::proto::{self, DataType, Expression, Relation};
use crate::sql::{self, Parameters, Statement};

/// What parsing gives, or its error as `condition {parameters} @line:position`.
pub(super) fn outcome(kind: &str, text: &str) -> String {
    let parsed = match kind {
        "expr" => sql::parse_expression(text).map(|fragment| fragment_text(&fragment)),
        "plan" => sql::parse_statement(text, &Parameters::default()).map(|s| statement(&s)),
        "type" => sql::parse_data_type(text).map(|parsed| data_type(&parsed)),
        "schema" => sql::parse_schema(text).map(|parsed| data_type(&parsed)),
        _ => sql::parse_identifier(text).map(|parts| format!("{parts:?}")),
    };
    parsed.unwrap_or_else(|error| fault(&error))
}

pub(super) fn fault(error: &Error) -> String {
    match error {
        Error::Analysis(error) => {
            let parameters: Vec<_> =
                error.parameters().iter().map(|(key, value)| format!("{key}={value}")).collect();
            let place = error.context().map(|c| format!("{}:{}", c.line, c.position));
            let place = place.unwrap_or_default();
            format!("!{} {{{}}} @{place}", error.condition(), parameters.join(", "))
        }
        Error::Unsupported { feature, .. } => format!("!unsupported {feature}"),
        other => format!("!{other}"),
    }
}

fn fragment_text(fragment: &sql::Fragment) -> String {
    let mut text = expression(&fragment.expression);
    if !fragment.references.is_empty() {
        text.push_str(&format!(" where {}", relations(&fragment.references)));
    }
    text
}

pub(super) fn statement(statement: &Statement) -> String {
    match statement {
        Statement::Query(query) => relation(query),
        Statement::Action(_) => "action".to_owned(),
        Statement::Command(command) => match command.command_type.as_ref() {
            Some(proto::command::CommandType::CreateDataframeView(view)) => {
                let input = relation(view.input.as_ref().unwrap());
                let (global, replace) = (view.is_global, view.replace);
                format!("view({}, global={global}, replace={replace}, {input})", view.name)
            }
            other => format!("{other:?}"),
        },
    }
}

fn list(items: &[Expression]) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(", ")
}

fn orders(items: &[SortOrder]) -> String {
    items.iter().map(order).collect::<Vec<_>>().join(", ")
}

fn order(item: &SortOrder) -> String {
    let direction = ["?", "asc", "desc"][item.direction as usize];
    let nulls = ["?", "nulls first", "nulls last"][item.null_ordering as usize];
    format!("{} {direction} {nulls}", child(&item.child))
}

fn child(expression: &Option<Box<Expression>>) -> String {
    super::render::expression(expression.as_ref().unwrap())
}

pub(super) fn expression(expression: &Expression) -> String {
    match expression.expr_type.as_ref().unwrap() {
        ExprType::Literal(value) => literal(value),
        ExprType::UnresolvedAttribute(attribute) => attribute.unparsed_identifier.clone(),
        ExprType::UnresolvedFunction(function) => {
            let distinct = if function.is_distinct { "distinct " } else { "" };
            format!("{}({distinct}{})", function.function_name, list(&function.arguments))
        }
        ExprType::UnresolvedStar(star) => star.unparsed_target.clone().unwrap_or("*".to_owned()),
        ExprType::Alias(alias) => format!("{} as {}", child(&alias.expr), alias.name.join(",")),
        ExprType::Cast(cast) => {
            let to = match cast.cast_to_type.as_ref().unwrap() {
                proto::expression::cast::CastToType::Type(to) => data_type(to),
                proto::expression::cast::CastToType::TypeStr(to) => to.clone(),
            };
            let name = if cast.eval_mode == 3 { "try_cast" } else { "cast" };
            format!("{name}({} as {to})", child(&cast.expr))
        }
        ExprType::SortOrder(item) => order(item),
        ExprType::LambdaFunction(lambda) => {
            let names: Vec<_> = lambda.arguments.iter().map(|v| v.name_parts.join(".")).collect();
            format!("({}) -> {}", names.join(", "), child(&lambda.function))
        }
        ExprType::UnresolvedNamedLambdaVariable(variable) => {
            format!("${}", variable.name_parts.join("."))
        }
        ExprType::Window(window) => window_text(window),
        ExprType::UnresolvedExtractValue(extract) => {
            format!("{}[{}]", child(&extract.child), child(&extract.extraction))
        }
        ExprType::NamedArgumentExpression(argument) => {
            format!("{} => {}", argument.key, child(&argument.value))
        }
        ExprType::SubqueryExpression(subquery) => {
            let kind = ["?", "scalar", "exists", "table", "in"][subquery.subquery_type as usize];
            assert!(subquery.plan_id < 0);
            format!("#{kind}({})", list(&subquery.in_subquery_values))
        }
        other => format!("{other:?}"),
    }
}

fn window_text(window: &proto::expression::Window) -> String {
    let mut text = format!("{} over (", child(&window.window_function));
    if !window.partition_spec.is_empty() {
        text.push_str(&format!("partition {} ", list(&window.partition_spec)));
    }
    if !window.order_spec.is_empty() {
        text.push_str(&format!("order {} ", orders(&window.order_spec)));
    }
    if let Some(frame) = &window.frame_spec {
        let kind = ["?", "rows", "range"][frame.frame_type as usize];
        text.push_str(&format!("{kind} {} to {}", bound(&frame.lower), bound(&frame.upper)));
    }
    format!("{})", text.trim_end())
}

fn bound(boundary: &Option<Box<FrameBoundary>>) -> String {
    match boundary.as_ref().unwrap().boundary.as_ref().unwrap() {
        Boundary::CurrentRow(_) => "current".to_owned(),
        Boundary::Unbounded(_) => "unbounded".to_owned(),
        Boundary::Value(value) => expression(value),
    }
}

pub(super) fn literal(literal: &Literal) -> String {
    let typed = literal.data_type.as_ref().map(|t| format!(" {}", data_type(t)));
    let typed = typed.unwrap_or_default();
    match literal.literal_type.as_ref().unwrap() {
        LiteralType::Null(_) => "null".to_owned(),
        LiteralType::Boolean(value) => value.to_string(),
        LiteralType::Integer(value) => value.to_string(),
        LiteralType::Long(value) => format!("{value}L"),
        LiteralType::Short(value) => format!("{value}S"),
        LiteralType::Byte(value) => format!("{value}Y"),
        LiteralType::Float(value) => format!("{value:?}F"),
        LiteralType::Double(value) => format!("{value:?}D"),
        LiteralType::Decimal(decimal) => {
            let (precision, scale) = (decimal.precision.unwrap(), decimal.scale.unwrap());
            format!("{} decimal({precision},{scale})", decimal.value)
        }
        LiteralType::String(text) => format!("{text:?}"),
        LiteralType::Binary(bytes) => format!("x{bytes:02x?}"),
        LiteralType::Date(days) => format!("date {days}"),
        LiteralType::Timestamp(micros) => format!("timestamp {micros}"),
        LiteralType::TimestampNtz(micros) => format!("timestamp_ntz {micros}"),
        LiteralType::Time(time) => format!("time {}", time.nano),
        LiteralType::YearMonthInterval(months) => format!("{months}{typed}"),
        LiteralType::DayTimeInterval(micros) => format!("{micros}{typed}"),
        other => format!("{other:?}"),
    }
}

fn interval(names: &[&str], start: Option<i32>, end: Option<i32>) -> String {
    let (start, end) = (names[start.unwrap() as usize], names[end.unwrap() as usize]);
    if start == end { format!("interval {start}") } else { format!("interval {start} to {end}") }
}

pub(super) fn data_type(of: &DataType) -> String {
    match of.kind.as_ref().unwrap() {
        TypeKind::Array(array) => {
            format!("array<{}>", data_type(array.element_type.as_ref().unwrap()))
        }
        TypeKind::Map(map) => format!(
            "map<{},{}>",
            data_type(map.key_type.as_ref().unwrap()),
            data_type(map.value_type.as_ref().unwrap())
        ),
        TypeKind::Struct(fields) => {
            let fields = fields.fields.iter().map(|field| {
                let mut text =
                    format!("{}:{}", field.name, data_type(field.data_type.as_ref().unwrap()));
                if !field.nullable {
                    text.push_str(" not null");
                }
                if let Some(metadata) = &field.metadata {
                    text.push_str(&format!(" {metadata}"));
                }
                text
            });
            format!("struct<{}>", fields.collect::<Vec<_>>().join(","))
        }
        TypeKind::Decimal(d) => format!("decimal({},{})", d.precision.unwrap(), d.scale.unwrap()),
        TypeKind::Char(c) => format!("char({})", c.length),
        TypeKind::VarChar(c) => format!("varchar({})", c.length),
        TypeKind::String(s) if s.collation.is_empty() => "string".to_owned(),
        TypeKind::String(s) => format!("string collate {}", s.collation),
        TypeKind::YearMonthInterval(i) => interval(&["year", "month"], i.start_field, i.end_field),
        TypeKind::DayTimeInterval(i) => {
            interval(&["day", "hour", "minute", "second"], i.start_field, i.end_field)
        }
        TypeKind::Time(time) => format!("time({})", time.precision.unwrap()),
        TypeKind::Geometry(g) => format!("geometry({})", g.srid),
        TypeKind::Geography(g) => format!("geography({})", g.srid),
        other => {
            let text = format!("{other:?}");
            text.split('(').next().unwrap_or_default().to_lowercase()
        }
    }
}

fn input(relation: &Option<Box<Relation>>) -> String {
    super::render::relation(relation.as_ref().unwrap())
}

fn relations(relations: &[Relation]) -> String {
    relations.iter().map(relation).collect::<Vec<_>>().join("; ")
}

pub(super) fn relation(relation: &Relation) -> String {
    match relation.rel_type.as_ref().unwrap() {
        RelType::Read(read) => {
            let stream = if read.is_streaming { "stream " } else { "" };
            match read.read_type.as_ref().unwrap() {
                ReadType::NamedTable(table) if table.options.is_empty() => {
                    format!("{stream}{}", table.unparsed_identifier)
                }
                ReadType::NamedTable(table) => {
                    let options: std::collections::BTreeMap<_, _> = table.options.iter().collect();
                    format!("{} {options:?}", table.unparsed_identifier)
                }
                ReadType::DataSource(source) => {
                    format!("{}:{:?}", source.format.as_ref().unwrap(), source.paths)
                }
            }
        }
        RelType::Project(project) => {
            let from = project.input.as_ref().map(|from| super::render::relation(from));
            format!("project({}; {})", from.unwrap_or_default(), list(&project.expressions))
        }
        RelType::Filter(f) => {
            format!("filter({}; {})", input(&f.input), expression(f.condition.as_ref().unwrap()))
        }
        RelType::Join(join) => {
            let on = join.join_condition.as_ref().map(|on| format!(" on {}", expression(on)));
            let using = match join.using_columns.as_slice() {
                [] => String::new(),
                columns => format!(" using {}", columns.join(",")),
            };
            format!(
                "{}({}; {}{}{using})",
                join_kind(join.join_type),
                input(&join.left),
                input(&join.right),
                on.unwrap_or_default(),
            )
        }
        RelType::LateralJoin(join) => {
            let on = join.join_condition.as_ref().map(|on| format!(" on {}", expression(on)));
            format!(
                "lateral {}({}; {}{})",
                join_kind(join.join_type),
                input(&join.left),
                input(&join.right),
                on.unwrap_or_default(),
            )
        }
        RelType::SetOp(set) => {
            let kind = ["?", "intersect", "union", "except"][set.set_op_type as usize];
            let all = if set.is_all.unwrap() { " all" } else { "" };
            format!("{kind}{all}({}; {})", input(&set.left_input), input(&set.right_input))
        }
        RelType::Sort(sort) => {
            let name = if sort.is_global.unwrap() { "sort" } else { "sort local" };
            format!("{name}({}; {})", input(&sort.input), orders(&sort.order))
        }
        RelType::Limit(limit) => format!("limit({}; {})", input(&limit.input), limit.limit),
        RelType::Offset(offset) => format!("offset({}; {})", input(&offset.input), offset.offset),
        RelType::Aggregate(aggregate) => {
            let kind = ["?", "group", "rollup", "cube", "pivot", "sets"];
            let sets: Vec<_> = aggregate
                .grouping_sets
                .iter()
                .map(|set| format!("({})", list(&set.grouping_set)))
                .collect();
            format!(
                "{}({}; {}{}; {})",
                kind[aggregate.group_type as usize],
                input(&aggregate.input),
                list(&aggregate.grouping_expressions),
                sets.concat(),
                list(&aggregate.aggregate_expressions)
            )
        }
        RelType::Sample(sample) => {
            format!("sample({}; {} {:?})", input(&sample.input), sample.upper_bound, sample.seed)
        }
        RelType::Deduplicate(distinct) => format!("distinct({})", input(&distinct.input)),
        RelType::SubqueryAlias(alias) => format!("{} as {}", input(&alias.input), alias.alias),
        RelType::ToDf(df) => format!("{}({})", input(&df.input), df.column_names.join(",")),
        RelType::Hint(hint) => {
            format!("hint({}; {}({}))", input(&hint.input), hint.name, list(&hint.parameters))
        }
        RelType::RepartitionByExpression(by) => {
            format!("repartition({}; {})", input(&by.input), list(&by.partition_exprs))
        }
        RelType::WithRelations(with) => {
            format!("with({}; {})", relations(&with.references), input(&with.root))
        }
        RelType::UnresolvedTableValuedFunction(function) => {
            format!("{}[{}]", function.function_name, list(&function.arguments))
        }
        other => format!("{other:?}"),
    }
}

fn join_kind(kind: i32) -> &'static str {
    ["?", "inner", "full", "left", "right", "anti", "semi", "cross"][kind as usize]
}
