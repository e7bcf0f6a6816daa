//! Caches the answers to a yes-or-no question about the targets of references, such as whether a
//! schema accepts null.
//!
//! References may form a circle. If a question comes up again while it is being answered, the
//! answer is assumed to be yes. If the final answer is no, the answers that may depend on the
//! assumption are removed, and computed again when they are needed.

use std::collections::HashMap;

/// The answers so far. If the computation of an answer asks for the same reference again, the
/// answer counts as yes until it is known.
#[derive(Default)]
pub(crate) struct Memo<'a> {
    answers: HashMap<&'a str, bool>,
    /// The references with the answer yes, in the order of the questions.
    yes: Vec<&'a str>,
}

impl<'a> Memo<'a> {
    /// Returns the answer for `reference`, and computes it with `find` if it is unknown.
    pub(crate) fn answer(
        &mut self,
        reference: &'a str,
        find: impl FnOnce(&mut Self) -> bool,
    ) -> bool {
        if let Some(answer) = self.answers.get(reference) {
            return *answer;
        }
        let before = self.yes.len();
        self.answers.insert(reference, true);
        self.yes.push(reference);
        let answer = find(self);
        if !answer {
            // Later answers may depend on the assumed yes.
            for doubtful in self.yes.drain(before..) {
                self.answers.remove(doubtful);
            }
            self.answers.insert(reference, false);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `node` and all nodes that it leads to are good.
    fn is_good<'a>(node: &'a str, memo: &mut Memo<'a>, asked: &mut usize) -> bool {
        *asked += 1;
        let all: &[&str] = match node {
            "a" => &["b", "bad"],
            "b" => &["a"],
            "c" => &["d", "d"],
            "d" => &["e", "e"],
            _ => &[],
        };
        node != "bad"
            && all
                .iter()
                .all(|next| memo.answer(next, |memo| is_good(next, memo, asked)))
    }

    #[test]
    fn a_bad_node_makes_the_whole_cycle_bad() {
        for start in ["a", "b"] {
            let mut memo = Memo::default();
            let is_good = |node, memo: &mut _| is_good(node, memo, &mut 0);
            assert!(!memo.answer(start, |memo| is_good(start, memo)));
            for node in ["b", "a"] {
                assert!(!memo.answer(node, |memo| is_good(node, memo)), "{node}");
            }
        }
    }

    #[test]
    fn each_result_is_computed_once() {
        let mut asked = 0;
        let mut memo = Memo::default();
        assert!(memo.answer("c", |memo| is_good("c", memo, &mut asked)));
        assert_eq!(asked, 3);
    }
}
