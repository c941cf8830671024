//! Lines, headers and properties in the ways that people write them; always two texts at once, the file as written and
//! as it is when mended.

use std::collections::BTreeSet;

use crate::random::Random;

const BLANKS: [&str; 4] = ["", " ", "\t", "  \t "];
const COMMENTS: [&str; 6] =
    ["# a comment", "; another", "#", "   # indented", "\t; [profile in a comment]", "#aws_access_key_id = AKIANOTHIS"];

/// Where a property stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    Config,
    Credentials,
}

pub(crate) struct Writer<'r> {
    pub(crate) random: &'r mut Random,
    pub(crate) names: Vec<&'static str>,
    pub(crate) written: [String; 2],
    pub(crate) mended: [String; 2],
    /// The header that the last line of each file stands below, as written.
    pub(crate) last_header: [String; 2],
    /// How many things that make botocore refuse a file are still to come.
    pub(crate) breaks: usize,
    pub(crate) key_number: u32,
    /// Nothing odd at all in this pair.
    pub(crate) tidy: bool,
}

/// One section: its keys in lower case, so that only a break writes one twice.
pub(crate) struct Section {
    pub(crate) file: File,
    pub(crate) indent: &'static str,
    pub(crate) keys: BTreeSet<String>,
}

impl Writer<'_> {
    pub(crate) fn push(&mut self, file: File, line: &str) {
        self.push_mended(file, line, Some(line));
    }

    /// A line, and what stands in its place in the mended file.
    pub(crate) fn push_mended(&mut self, file: File, line: &str, mended: Option<&str>) {
        for (text, line) in [(&mut self.written, Some(line)), (&mut self.mended, mended)] {
            if let Some(line) = line {
                text[file as usize].push_str(line);
                text[file as usize].push('\n');
            }
        }
    }

    /// A line that is not in the mended file.
    pub(crate) fn push_bad(&mut self, file: File, line: &str) {
        self.push_mended(file, line, None);
    }

    pub(crate) fn odd(&mut self, percent: usize) -> bool {
        !self.tidy && self.random.chance(percent)
    }

    /// A section by its header as written and as mended.
    pub(crate) fn section(&mut self, file: File, (header, mended): (String, String)) -> Section {
        if self.random.chance(60) {
            self.push(file, "");
        }
        if self.random.chance(20) {
            let comment = self.random.pick(&COMMENTS).trim_start();
            self.push(file, comment);
        }
        let tail = match () {
            () if self.odd(6) => " # a comment",
            () if self.odd(2) => " ; see [profile x]",
            () if self.odd(2) => " left over",
            () => "",
        };
        let indent = if self.odd(4) {
            // Without another header above it, it would continue the value above.
            self.key_number += 1;
            let spacer = format!("[spacer-{}]", self.key_number);
            self.push(file, &spacer);
            " "
        } else {
            ""
        };
        self.push_mended(file, &format!("{indent}{header}{tail}"), Some(&format!("{indent}{mended}")));
        self.last_header[file as usize] = header;
        let indent = if self.odd(15) { self.random.pick(&["  ", "\t", "    "]) } else { "" };
        Section { file, indent, keys: BTreeSet::new() }
    }

    /// The header of a profile in a way that fits its name, and the one that every AWS tool reads so.
    pub(crate) fn profile_header(&mut self, file: File, name: &str) -> (String, String) {
        let same = |header: String| (header.clone(), header);
        if file == File::Credentials {
            return match () {
                () if self.odd(4) => same(format!("[profile {name}]")),
                () if self.odd(3) => (format!("[ {name} ]"), format!("[{name}]")),
                () => same(format!("[{name}]")),
            };
        }
        if name == "default" && !self.random.chance(25) {
            return same("[default]".to_owned());
        }
        let quoted = if name.contains('\'') { format!("[profile \"{name}\"]") } else { format!("[profile '{name}']") };
        let mended = if name.contains([' ', '\'', '$']) { quoted.clone() } else { format!("[profile {name}]") };
        match () {
            () if self.odd(2) => same(format!("[{name}]")),
            () if self.odd(2) => (format!("[ profile {name} ]"), mended),
            () if self.odd(2) => (format!("[profiles {name}]"), format!("[other {name}]")),
            () if self.odd(5) => (format!("[profile \t {name}]"), mended),
            () if name.contains([' ', '\'']) && self.random.chance(80) => same(quoted),
            () if self.odd(6) => same(quoted),
            () if self.odd(4) => same(format!("[profile \"{name}\"]")),
            () => (format!("[profile {name}]"), mended),
        }
    }

    pub(crate) fn property(&mut self, section: &mut Section, key: &str, value: &str) {
        self.property_if_new(section, key, value);
    }

    /// A property, unless the section has it already.
    pub(crate) fn property_if_new(&mut self, section: &mut Section, key: &str, value: &str) -> bool {
        if !section.keys.insert(key.to_ascii_lowercase()) {
            return false;
        }
        if self.random.chance(8) {
            let comment = self.random.pick(&COMMENTS);
            self.push(section.file, comment);
        }
        if self.random.chance(5) {
            let blank = self.random.pick(&BLANKS);
            self.push(section.file, blank);
        }
        let key = match () {
            () if self.odd(6) => key.to_ascii_uppercase(),
            () if self.odd(4) => {
                let (head, tail) = key.split_at(1);
                format!("{}{tail}", head.to_ascii_uppercase())
            }
            () => key.to_owned(),
        };
        let delimiter = match () {
            () if self.odd(1) => self.random.pick(&[":", ": ", " : "]),
            () if self.odd(30) => self.random.pick(&["=", "= ", " =", "\t=\t", "   =   "]),
            () => " = ",
        };
        let tail = match () {
            () if self.odd(4) => self.random.pick(&[" # why", "\t; because", " #", "  # a = b", "#no comment"]),
            () if self.odd(3) => self.random.pick(&[" ", "\t", "\u{a0}"]),
            () => "",
        };
        // Deeper than the section only: below a shallower line the next ones would continue it, comments and all.
        let odd = section.indent.is_empty() && self.odd(2);
        let indent = if odd { self.random.pick(&["  ", "\t", " ", "\u{a0}"]) } else { section.indent };
        let line = format!("{key}{delimiter}{value}");
        let tail = match tail {
            // It would begin a comment.
            "#no comment" if value.is_empty() => "",
            // If the line continues another, its comment is a part of the value.
            tail if indent != section.indent => tail.trim_start_matches([' ', '\t']).trim_start_matches(['#', ';']),
            tail => tail,
        };
        let comment = tail.trim_start_matches([' ', '\t']);
        let plain_tail = if comment.len() < tail.len() && comment.starts_with(['#', ';']) { "" } else { tail };
        let plain_indent = if indent == "\u{a0}" { section.indent } else { indent };
        self.push_mended(
            section.file,
            &format!("{indent}{line}{tail}"),
            Some(&format!("{plain_indent}{line}{plain_tail}")),
        );
        true
    }

    pub(crate) fn nested(&mut self, section: &mut Section, key: &str, values: &[(&str, &str)]) {
        if !section.keys.insert(key.to_owned()) {
            return;
        }
        let line = format!("{}{key} =", section.indent);
        let comment = if self.odd(5) { " # nested" } else { "" };
        self.push_mended(section.file, &format!("{line}{comment}"), Some(&line));
        for (name, value) in values {
            if self.random.chance(6) {
                self.push(section.file, "");
            }
            if self.odd(6) {
                self.push(section.file, "    # a comment in between");
            }
            let delimiter = self.random.pick(&[" = ", "=", " ="]);
            self.push(section.file, &format!("{}{}{name}{delimiter}{value}", section.indent, "    "));
        }
    }
}
