//! Limits how much an overlay may read and write: an action of a hundred bytes can double a
//! document, and a target can select each value many times.
//!
//! Checks the length and the nesting of a target before it is parsed. Then counts the values that
//! all actions read (10 million at most) and write (500,000 at most). Returns an error that names
//! the limit, and the overlay is refused.

use serde_json::Value;

/// The maximum length of a target, in bytes: a filter is evaluated for each value.
const TARGET: usize = 1_000;

/// The maximum nesting of brackets and parentheses in a target.
const DEPTH: usize = 6;

/// The maximum number of times that the lists of a target may select each value: the product of
/// their lengths.
const SELECTIONS: usize = 100;

/// The maximum number of values that all actions together may read.
const LOOKS: usize = 10_000_000;

/// The cost of matching a pattern, in values: it is compiled again for each value.
const PATTERN: usize = 100;

/// The maximum number of values that all actions together may write: each takes half a kilobyte.
const WRITTEN: usize = 500_000;

/// The remaining budget for reading and writing.
pub(super) struct Budget {
    looks: usize,
    writes: usize,
    /// The maximum number of values that the document can contain by now.
    values: usize,
}

impl Budget {
    /// Returns the budget for actions on `root`.
    pub(super) fn for_document(root: &Value) -> Self {
        Self {
            looks: LOOKS,
            writes: WRITTEN,
            values: count(root),
        }
    }

    /// Spends the cost of evaluating `target`, which has passed [`check`].
    ///
    /// # Errors
    ///
    /// The limit that is exceeded.
    pub(super) fn look(&mut self, target: &str) -> Result<(), String> {
        let shape = Shape::parse(target);
        let cost = match (shape.looks_at_all, shape.has_pattern) {
            (false, _) => 1,
            (true, false) => self.values,
            (true, true) => self.values.saturating_mul(PATTERN),
        };
        self.pass(cost.saturating_mul(shape.selections))
    }

    /// Spends the cost of reading this many values.
    ///
    /// # Errors
    ///
    /// The limit that is exceeded.
    pub(super) fn pass(&mut self, values: usize) -> Result<(), String> {
        self.looks = self
            .looks
            .checked_sub(values)
            .ok_or_else(|| format!("the actions read more than {LOOKS} values"))?;
        Ok(())
    }

    /// Spends the cost of writing `update` at this many places.
    ///
    /// # Errors
    ///
    /// The limit that is exceeded.
    pub(super) fn write(&mut self, update: &Value, places: usize) -> Result<(), String> {
        let written = count(update).saturating_mul(places);
        self.writes = self
            .writes
            .checked_sub(written)
            .ok_or_else(|| format!("the actions write more than {WRITTEN} values"))?;
        self.values += written;
        Ok(())
    }
}

/// Checks `target` before it is parsed: parsing takes twice as long for each level of nesting.
///
/// # Errors
///
/// The limit that `target` exceeds.
pub(super) fn check(target: &str) -> Result<(), String> {
    if target.len() > TARGET {
        return Err(format!("the target is longer than {TARGET} bytes"));
    }
    let shape = Shape::parse(target);
    if shape.depth > DEPTH {
        return Err(format!("the target nests brackets more than {DEPTH} deep"));
    }
    if shape.descents > 1 {
        return Err("the target has more than one `..`".to_owned());
    }
    if shape.selections > SELECTIONS {
        return Err(format!(
            "the lists of the target select each value more than {SELECTIONS} times"
        ));
    }
    if shape.has_pattern && target.contains('{') {
        return Err("the target has a pattern with a counted repetition".to_owned());
    }
    Ok(())
}

/// Counts `value` and the values inside it.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The features of a target that determine its cost.
struct Shape {
    depth: usize,
    descents: usize,
    selections: usize,
    looks_at_all: bool,
    has_pattern: bool,
}

impl Shape {
    fn parse(target: &str) -> Self {
        let mut shape = Self {
            depth: 0,
            descents: 0,
            selections: 1,
            looks_at_all: false,
            has_pattern: false,
        };
        let mut quote = None;
        let mut is_escaped = false;
        let mut code = String::with_capacity(target.len());
        for c in target.chars() {
            match quote {
                _ if is_escaped => is_escaped = false,
                Some(_) if c == '\\' => is_escaped = true,
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if matches!(c, '\'' | '"') => quote = Some(c),
                None if c.is_whitespace() => {}
                None => code.push(c),
            }
        }
        // One for each open bracket: the length of the list in it.
        let mut lists = Vec::new();
        for c in code.chars() {
            match c {
                '[' | '(' => {
                    lists.push(1_usize);
                    shape.depth = shape.depth.max(lists.len());
                }
                ',' => lists.last_mut().into_iter().for_each(|length| *length += 1),
                ')' => drop(lists.pop()),
                ']' => {
                    let length = lists.pop().unwrap_or(1);
                    shape.selections = shape.selections.saturating_mul(length);
                }
                _ => {}
            }
        }
        shape.descents = code.matches("..").count();
        shape.looks_at_all = code.contains(['*', '?', ':']) || shape.descents > 0;
        shape.has_pattern = code.contains("match(") || code.contains("search(");
        shape
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_target_that_selects_too_much_is_refused() {
        for (target, expected) in [
            ("$.a", Ok(())),
            ("$..b", Ok(())),
            (
                "$.paths['/a..b', \"..,..\"]['get','put'][?@.x == '..']",
                Ok(()),
            ),
            ("$..a[?@.b == 1 || match(@.c, 'd.*')]", Ok(())),
            ("$..*..a", Err("the target has more than one `..`")),
            ("$..[?@..a]", Err("the target has more than one `..`")),
            ("$ .. a .. b", Err("the target has more than one `..`")),
            (
                "$[*,*,*,*][*,*,*,*][*,*,*,*][*,*,*,*]",
                Err("the lists of the target select each value more than 100 times"),
            ),
            (
                "$.a[?(((((((@.b)))))))]",
                Err("the target nests brackets more than 6 deep"),
            ),
            (
                "$.a[?search(@.b, 'a{1,1000}')]",
                Err("the target has a pattern with a counted repetition"),
            ),
        ] {
            let found = check(target);
            assert_eq!(found, expected.map_err(str::to_owned), "{target}");
        }
        let long = format!("$.{}", "a".repeat(TARGET));
        let found = check(&long);
        assert_eq!(
            found,
            Err("the target is longer than 1000 bytes".to_owned())
        );
    }

    #[test]
    fn reading_and_writing_is_limited() {
        let root: Value = vec![json!(0); 1_000].into();
        let mut budget = Budget::for_document(&root);
        let looked = (1..).find(|_| budget.look("$..*").is_err()).unwrap();
        assert_eq!(looked, LOOKS / 1_001 + 1);
        assert_eq!(
            budget.look("$.*"),
            Err("the actions read more than 10000000 values".to_owned())
        );

        let update = json!({"a": [1, 2]});
        let mut budget = Budget::for_document(&root);
        let written = (1..).find(|_| budget.write(&update, 100).is_err()).unwrap();
        assert_eq!(written, WRITTEN / 400 + 1);
        assert_eq!(
            budget.write(&update, 100),
            Err("the actions write more than 500000 values".to_owned())
        );
    }
}
