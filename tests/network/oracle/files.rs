//! Both of the user's files, section by section, written the way that people write them.

use crate::random::Random;

/// One section: its header, and keys with values.
struct Section {
    header: String,
    lines: Vec<(String, String)>,
}

/// One file.
#[derive(Default)]
pub(crate) struct File(Vec<Section>);

impl File {
    /// The section of this header, made where it is not there.
    fn section(&mut self, header: &str) -> &mut Section {
        let index = self.0.iter().position(|section| section.header == header).unwrap_or_else(|| {
            self.0.push(Section { header: header.to_owned(), lines: Vec::new() });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    /// Puts `key = value` there, unless the key is there.
    pub(crate) fn put(&mut self, header: &str, key: &str, value: &str) {
        let section = self.section(header);
        if section.lines.iter().all(|(known, _)| known != key) {
            section.lines.push((key.to_owned(), value.to_owned()));
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, header: &str, key: &str) -> Option<&str> {
        let section = self.0.iter().find(|section| section.header == header)?;
        section.lines.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The text: sections and lines in any order, with comments, empty lines and blanks that say nothing.
    pub(crate) fn text(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for section in shuffled(&self.0, random) {
            text += ["", "\n", "# a comment\n", "; another = one\n\n"][random.below(4)];
            text += &format!("[{}]\n", section.header);
            for (key, value) in shuffled(&section.lines, random) {
                let equals = random.pick(&[" = ", "=", " =", "= "]);
                text += &format!("{key}{equals}{value}\n");
                text += random.pick(&["", "", "", "\n", "# so = it is\n"]);
            }
            if random.chance(20) {
                text += "s3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n";
            }
        }
        text
    }
}

fn shuffled<'a, T>(all: &'a [T], random: &mut Random) -> Vec<&'a T> {
    let mut left: Vec<&T> = all.iter().collect();
    let mut out = Vec::with_capacity(left.len());
    while !left.is_empty() {
        out.push(left.swap_remove(random.below(left.len())));
    }
    out
}

/// The header of a profile in the config file.
pub(crate) fn profile(name: &str) -> String {
    if name == "default" { name.to_owned() } else { format!("profile {}", quoted(name)) }
}

/// A name as it is written in a header of the config file.
pub(crate) fn quoted(name: &str) -> String {
    if name.contains(' ') { format!("'{name}'") } else { name.to_owned() }
}
