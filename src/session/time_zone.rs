//! Names of time zones: those that Spark takes, in the form that Arrow knows.

use std::sync::Arc;

use chrono_tz::Tz;

/// Java's three-letter names that are no zones of their own.
const SHORT_IDS: &[(&str, &str)] = &[
    ("ACT", "Australia/Darwin"),
    ("AET", "Australia/Sydney"),
    ("AGT", "America/Argentina/Buenos_Aires"),
    ("ART", "Africa/Cairo"),
    ("AST", "America/Anchorage"),
    ("BET", "America/Sao_Paulo"),
    ("BST", "Asia/Dhaka"),
    ("CAT", "Africa/Harare"),
    ("CNT", "America/St_Johns"),
    ("CST", "America/Chicago"),
    ("CTT", "Asia/Shanghai"),
    ("EAT", "Africa/Addis_Ababa"),
    ("ECT", "Europe/Paris"),
    ("EST", "America/Panama"),
    ("HST", "Pacific/Honolulu"),
    ("IET", "America/Indiana/Indianapolis"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("MIT", "Pacific/Apia"),
    ("MST", "America/Phoenix"),
    ("NET", "Asia/Yerevan"),
    ("NST", "Pacific/Auckland"),
    ("PLT", "Asia/Karachi"),
    ("PNT", "America/Phoenix"),
    ("PRT", "America/Puerto_Rico"),
    ("PST", "America/Los_Angeles"),
    ("SST", "Pacific/Guadalcanal"),
    ("VST", "Asia/Ho_Chi_Minh"),
];

/// The zone in Arrow's form, or `None` if Spark does not know the name either.
/// Names of zones are compared with regard to case, as in Spark.
pub(crate) fn resolve(name: &str) -> Option<Arc<str>> {
    if let Some((_, zone)) = SHORT_IDS.iter().find(|(id, _)| *id == name) {
        return Some(Arc::from(*zone));
    }
    if let Some(offset) = offset(name) {
        return Some(offset);
    }
    // chrono-tz knows some names by other spellings: keep only exact ones.
    let zone = name.parse::<Tz>().ok().filter(|zone| zone.name() == name)?;
    Some(Arc::from(zone.name()))
}

/// `Z`, `UTC`, `GMT+5`, `+02:00`, `-8` and the like.
fn offset(name: &str) -> Option<Arc<str>> {
    if matches!(name, "Z" | "UTC" | "GMT" | "UT") {
        return Some(Arc::from(if name == "Z" { "UTC" } else { name })).map(|zone| match &*zone {
            "UT" => Arc::from("UTC"),
            _ => zone,
        });
    }
    let bare = ["UTC", "GMT", "UT"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let bare = bare.unwrap_or(name);
    let (sign, digits) = match bare.as_bytes().first()? {
        b'+' => ('+', &bare[1..]),
        b'-' => ('-', &bare[1..]),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or(match digits.len() {
        4 if digits.is_ascii() => digits.split_at(2),
        _ => (digits, "00"),
    });
    let short =
        |text: &str| matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    if !short(hours) || !short(minutes) {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    if minutes > 59 || hours * 60 + minutes > 18 * 60 {
        return None;
    }
    Some(Arc::from(format!("{sign}{hours:02}:{minutes:02}")))
}

/// The zone of the machine, or UTC if it does not say.
pub(super) fn of_system() -> String {
    let from_env = std::env::var("TZ").ok().map(|name| name.trim_start_matches(':').to_owned());
    let from_link = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let target = target.to_str()?;
        target.split_once("zoneinfo/").map(|(_, zone)| zone.to_owned())
    };
    let known = |name: &String| resolve(name).is_some();
    from_env.filter(known).or_else(|| from_link().filter(known)).unwrap_or_else(|| "UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_spark_knows() {
        for (name, zone) in [
            ("UTC", "UTC"),
            ("Z", "UTC"),
            ("Etc/UTC", "Etc/UTC"),
            ("Europe/Berlin", "Europe/Berlin"),
            ("PST", "America/Los_Angeles"),
            ("GMT+5", "+05:00"),
            ("UTC-03:30", "-03:30"),
            ("+02:00", "+02:00"),
            ("-8", "-08:00"),
            ("+0530", "+05:30"),
        ] {
            assert_eq!(resolve(name).as_deref(), Some(zone), "{name}");
        }
    }

    #[test]
    fn refuses_what_spark_refuses() {
        for name in ["Nowhere/City", "utc", "", "+", "+19:00", "+1:60", "GMT5", "+ab:cd", "ä"] {
            assert_eq!(resolve(name), None, "{name}");
        }
    }
}
