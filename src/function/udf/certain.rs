//! A boolean that is never NULL.

use super::rows::row_functions;

row_functions! {
    // The value, and false for NULL.
    CERTAIN "spark_is_true" Never See bool, |row| Ok(Some(!row.is_null(0) && row.flag(0)));
}
