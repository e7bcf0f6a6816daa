//! Answers to a yes-or-no question about the targets of references, each found once.

use std::collections::HashMap;

/// The answers so far. A reference that is reached again while its own answer is being
/// found counts as a yes.
#[derive(Default)]
pub(crate) struct Memo<'a> {
    answers: HashMap<&'a str, bool>,
    /// The references with a yes, in the order in which they were asked for.
    yes: Vec<&'a str>,
}

impl<'a> Memo<'a> {
    /// Returns the answer for `reference`, with `find` where there is none yet.
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
            // What was found since may rest on the yes.
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

    /// Whether `node` and all that it leads to are good.
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
    fn a_cycle_is_no_better_than_its_worst_member() {
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
    fn each_answer_is_found_once() {
        let mut asked = 0;
        let mut memo = Memo::default();
        assert!(memo.answer("c", |memo| is_good("c", memo, &mut asked)));
        assert_eq!(asked, 3);
    }
}
