//! What the picker knows: what was typed, what it leaves, and which row is highlighted.

use super::keys::Key;
use super::rank::Ranking;

/// The most characters of a filter.
const LONGEST_FILTER: usize = 200;

/// The picker's state.
pub(super) struct Model<'a> {
    ranking: Ranking<'a>,
    filter: String,
    matches: Vec<usize>,
    selected: usize,
    /// The first row that is seen.
    top: usize,
    /// How many rows are seen.
    page: usize,
}

/// What a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Perhaps another screen.
    Go,
    /// This one is meant.
    Picked(&'a str),
    /// None is meant.
    Cancelled,
}

impl<'a> Model<'a> {
    /// Everything is left, the likeliest row is highlighted, and nothing is seen yet.
    pub(super) fn new(ranking: Ranking<'a>) -> Self {
        let matches = (0..ranking.len()).collect();
        Self { ranking, filter: String::new(), matches, selected: 0, top: 0, page: 0 }
    }

    /// What was typed.
    pub(super) fn filter(&self) -> &str {
        &self.filter
    }

    /// How many rows are left, and of how many.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.matches.len(), self.ranking.len())
    }

    /// There is room for `page` rows.
    pub(super) fn resize(&mut self, page: usize) {
        self.page = page;
        self.scroll();
    }

    /// The rows that are seen, and which of them is highlighted.
    pub(super) fn visible(&self) -> impl Iterator<Item = (&'a str, bool)> + '_ {
        let rows = self.matches.iter().enumerate().skip(self.top).take(self.page);
        rows.map(|(row, &index)| (self.ranking.name(index), row == self.selected))
    }

    /// The places in `name` that the filter matches.
    pub(super) fn marks(&mut self, name: &str) -> Vec<u32> {
        self.ranking.marks(&self.filter, name)
    }

    /// Does what the key asks for. Only a row that is seen can be picked.
    pub(super) fn press(&mut self, key: Key) -> Step<'a> {
        let last = self.matches.len().saturating_sub(1);
        let page = self.page.max(1);
        match key {
            Key::Enter => {
                let highlighted = self.visible().find(|(_, is_selected)| *is_selected);
                return highlighted.map_or(Step::Go, |(name, _)| Step::Picked(name));
            }
            Key::Cancel => return Step::Cancelled,
            Key::Up => self.selected = self.selected.saturating_sub(1),
            Key::Down => self.selected = (self.selected + 1).min(last),
            Key::PageUp => self.selected = self.selected.saturating_sub(page),
            Key::PageDown => self.selected = (self.selected + page).min(last),
            Key::Home => self.selected = 0,
            Key::End => self.selected = last,
            Key::Text(character) if self.filter.chars().count() < LONGEST_FILTER => {
                self.filter.push(character);
                self.refilter();
            }
            Key::Text(_) => {}
            Key::Backspace => {
                self.filter.pop();
                self.refilter();
            }
            Key::DeleteWord => {
                let kept = self.filter.trim_end();
                let kept = kept
                    .rfind(char::is_whitespace)
                    .map_or(0, |at| at + kept[at..].chars().next().map_or(0, char::len_utf8));
                self.filter.truncate(kept);
                self.refilter();
            }
            Key::DeleteAll => {
                self.filter.clear();
                self.refilter();
            }
        }
        self.scroll();
        Step::Go
    }

    fn refilter(&mut self) {
        self.matches = self.ranking.matching(&self.filter);
        (self.selected, self.top) = (0, 0);
    }

    /// The highlighted row is always seen, and no room is left empty that could be filled.
    fn scroll(&mut self) {
        let page = self.page.max(1);
        self.top = self.top.min(self.selected).min(self.matches.len().saturating_sub(page));
        if self.selected >= self.top + page {
            self.top = self.selected + 1 - page;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["a1", "a2", "b1", "b2", "c1", "c2"];

    fn model(page: usize) -> Model<'static> {
        let mut model = Model::new(Ranking::new(NAMES.to_vec(), |_| 0));
        model.resize(page);
        model
    }

    fn press_all(model: &mut Model<'static>, keys: &[Key]) -> Step<'static> {
        keys.iter().map(|key| model.press(*key)).last().expect("a key")
    }

    fn seen(model: &Model<'static>) -> String {
        let row = |(name, selected): (&str, bool)| if selected { format!("[{name}]") } else { name.to_owned() };
        model.visible().map(row).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn moves_and_scrolls_and_stops_at_the_ends() {
        let mut model = model(3);
        for (key, expected) in [
            (Key::Up, "[a1] a2 b1"),
            (Key::Down, "a1 [a2] b1"),
            (Key::PageDown, "b1 b2 [c1]"),
            (Key::Down, "b2 c1 [c2]"),
            (Key::Down, "b2 c1 [c2]"),
            (Key::Up, "b2 [c1] c2"),
            (Key::PageUp, "[a2] b1 b2"),
            (Key::End, "b2 c1 [c2]"),
            (Key::Home, "[a1] a2 b1"),
        ] {
            assert_eq!(model.press(key), Step::Go);
            assert_eq!(seen(&model), expected, "{key:?}");
        }
    }

    #[test]
    fn filters_and_picks_what_is_highlighted() {
        let mut model = model(3);
        assert_eq!(press_all(&mut model, &[Key::Down, Key::Text('2')]), Step::Go);
        assert_eq!(seen(&model), "[a2] b2 c2");
        assert_eq!(press_all(&mut model, &[Key::Down, Key::Enter]), Step::Picked("b2"));
        model.press(Key::Text('b'));
        assert_eq!((seen(&model).as_str(), model.counts()), ("", (0, 6)));
        assert_eq!(model.press(Key::Enter), Step::Go);
        model.press(Key::Backspace);
        assert_eq!(seen(&model), "[a2] b2 c2");
        assert_eq!(model.press(Key::Cancel), Step::Cancelled);
    }

    #[test]
    fn nothing_unseen_is_picked() {
        let mut model = model(0);
        assert_eq!(model.press(Key::Enter), Step::Go);
        model.resize(1);
        assert_eq!(model.press(Key::Enter), Step::Picked("a1"));
    }

    #[test]
    fn words_and_all_of_the_filter_go() {
        let mut model = model(3);
        let text = "one  two ";
        press_all(&mut model, &text.chars().map(Key::Text).collect::<Vec<_>>());
        for (key, expected) in [(Key::DeleteWord, "one  "), (Key::DeleteWord, ""), (Key::DeleteWord, "")] {
            model.press(key);
            assert_eq!(model.filter(), expected);
        }
        press_all(&mut model, &[Key::Text('é'), Key::Text('日'), Key::Backspace]);
        assert_eq!(model.filter(), "é");
        model.press(Key::DeleteAll);
        assert_eq!((model.filter(), seen(&model).as_str()), ("", "[a1] a2 b1"));
        press_all(&mut model, &[Key::Text('x'); 500]);
        assert_eq!(model.filter().len(), LONGEST_FILTER);
    }

    #[test]
    fn a_new_size_keeps_the_highlighted_row_in_sight() {
        let mut model = model(6);
        model.press(Key::End);
        model.resize(2);
        assert_eq!(seen(&model), "c1 [c2]");
        model.resize(4);
        assert_eq!(seen(&model), "b1 b2 c1 [c2]");
    }
}
