//! Paths such as `$.store.fruit[0].*`, as `get_json_object` takes them.

use super::Json;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
    /// All elements of an array.
    Every,
    /// All fields of an object.
    EveryField,
}

/// None for what is no path.
fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            steps.push(match name {
                "" => return None,
                "*" => Step::EveryField,
                name => Step::Field(name.to_owned()),
            });
            rest = tail;
        } else if let Some(after) = rest.strip_prefix("['") {
            let (name, tail) = after.split_once("']")?;
            steps.push(Step::Field(name.to_owned()));
            rest = tail;
        } else {
            let (index, tail) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(match index.trim() {
                "*" => Step::Every,
                index => Step::Index(index.parse().ok()?),
            });
            rest = tail;
        }
    }
    Some(steps)
}

/// What a path leads to, as text; several values become an array.
pub(super) fn get(json: &Json, path: &str) -> Option<String> {
    let steps = parse(path)?;
    let several = steps.iter().any(|step| matches!(step, Step::Every | Step::EveryField));
    let mut found = vec![json];
    for step in &steps {
        found = found.into_iter().flat_map(|json| follow(json, step)).collect();
    }
    match found.as_slice() {
        [] => None,
        [Json::Null] if !several => None,
        [only] if !several => Some(only.plain()),
        [only] => {
            let mut out = String::new();
            only.write(&mut out);
            Some(out)
        }
        several => {
            let mut out = String::new();
            Json::Array(several.iter().map(|json| (*json).clone()).collect()).write(&mut out);
            Some(out)
        }
    }
}

fn follow<'a>(json: &'a Json, step: &Step) -> Vec<&'a Json> {
    match (json, step) {
        (Json::Object(_), Step::Field(name)) => json.field(name).into_iter().collect(),
        // A field of an array is that of each of its objects.
        (Json::Array(items), Step::Field(_)) => items
            .iter()
            .flat_map(|item| match item {
                Json::Object(_) => follow(item, step),
                _ => Vec::new(),
            })
            .collect(),
        (Json::Array(items), Step::Index(at)) => items.get(*at).into_iter().collect(),
        (Json::Array(items), Step::Every) => items.iter().collect(),
        (Json::Object(fields), Step::EveryField) => fields.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, path: &str) -> Option<String> {
        Json::parse(text).and_then(|json| get(&json, path))
    }

    #[test]
    fn paths_lead_to_values() {
        assert_eq!(found(r#"{"a":{"b":[1,2]}}"#, "$.a.b[1]").as_deref(), Some("2"));
        assert_eq!(found(r#"{"a":"b"}"#, "$.a").as_deref(), Some("b"));
        assert_eq!(found(r#"[{"a":"b"},{"a":"c"}]"#, "$[*].a").as_deref(), Some(r#"["b","c"]"#));
        assert_eq!(found(r#"{"a":1}"#, "$.b"), None);
        assert_eq!(found(r#"{"a":1}"#, "a"), None);
    }
}
