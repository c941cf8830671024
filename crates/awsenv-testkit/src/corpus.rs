//! Values that break quoting: every short combination of the characters that some shell reads as something.

/// The file that a value would create in the working directory if any shell ran what is in it.
pub const CANARY: &str = "awsenv-canary";

/// Characters that mean something to at least one shell, and a few that must not be mangled.
const CHARACTERS: [&str; 36] = [
    "'", "\"", "\\", "$", "`", "!", "%", "~", "*", " ", "-", "&", "|", ";", "<", ">", "(", ")", "{", "}", "[", "]",
    "?", "#", "=", "^", ",", ":", "@", "/", "+", "a", "0", "é", "€", "😀",
];

/// The worst of them, for longer combinations.
const WORST: [&str; 8] = ["'", "\"", "\\", "$", "`", "!", " ", "a"];

/// The ones that quoting rules treat by themselves, for combinations longer still.
const QUOTED: [&str; 4] = ["'", "\\", "!", "`"];

/// Written by hand: code, look-alikes, and the shapes of real values.
const WRITTEN: [&str; 59] = [
    "",
    "plain",
    "$(touch awsenv-canary)",
    "`touch awsenv-canary`",
    "';touch awsenv-canary;'",
    "\";touch awsenv-canary;\"",
    "';touch awsenv-canary #",
    "\\';touch awsenv-canary;\\'",
    "'\\'';touch awsenv-canary;'\\''",
    "';(touch awsenv-canary);'",
    "' & touch awsenv-canary & '",
    "a[$(touch awsenv-canary)]",
    "a[$(touch awsenv-canary)0]+1",
    "$((a[$(touch awsenv-canary)]))",
    "${x:-$(touch awsenv-canary)}",
    "${status:s|0|touch awsenv-canary|}",
    "|:q};touch awsenv-canary;|",
    "|;touch awsenv-canary;|:q}",
    "<(touch awsenv-canary)",
    "$[$(touch awsenv-canary)]",
    "(touch awsenv-canary)",
    "{touch,awsenv-canary}",
    "@(touch awsenv-canary)",
    "@('touch awsenv-canary')",
    "$'\\x41'",
    "$\"hello\"",
    "\\n\\t\\x41\\101\\u0041",
    "$HOME",
    "${HOME}/x",
    "$HOME[1]",
    "%s%d%n%%",
    "%PATH%",
    "%%PATH%%",
    "!PATH!",
    "^%PATH^%",
    "!!",
    "!$",
    "!-1",
    "!?echo?",
    "!touch",
    "^a^b",
    "~",
    "~root",
    "~/x:~/y",
    "*",
    "/*",
    "?",
    "[a-z]",
    "-e",
    "-n",
    "--",
    "--help",
    "=cat",
    "  two  spaces  ",
    "‘typographic’ “quotes” ‚‛",
    "ÿþ日本語 עברית",
    "e\u{301} combining",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "IQoJb3JpZ2luX2VjEIv//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==",
];

/// The corpus: more than 2,000 different values without control characters, the same on every run.
pub fn values() -> Vec<String> {
    let mut values: Vec<String> = WRITTEN.map(str::to_owned).to_vec();
    values.extend(combinations(&CHARACTERS, 1));
    values.extend(combinations(&CHARACTERS, 2));
    values.extend(combinations(&WORST, 3));
    values.extend(combinations(&QUOTED, 4));
    values.extend((0..200).map(random));
    values.sort_unstable();
    values.dedup();
    values
}

/// A few values that hold every character of the corpus, for tests that can't afford all of them.
pub fn sample() -> Vec<String> {
    let mut values: Vec<String> = WRITTEN.map(str::to_owned).to_vec();
    values.push(CHARACTERS.concat());
    values.push(CHARACTERS.iter().rev().copied().collect());
    values
}

fn combinations(characters: &[&str], length: u32) -> Vec<String> {
    let count = characters.len();
    (0..count.pow(length))
        .map(|number| (0..length).map(|place| characters[number / count.pow(place) % count]).collect())
        .collect()
}

/// 5 to 16 characters by a linear congruential generator (the constants are Knuth's MMIX).
fn random(seed: u64) -> String {
    let mut state = seed;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits fit") % below
    };
    let length = 5 + next(12);
    (0..length).map(|_| CHARACTERS[next(CHARACTERS.len())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_as_large_and_as_hostile_as_promised() {
        let values = values();
        assert!(values.len() >= 2_000, "{}", values.len());
        assert!(values.iter().all(|value| !value.chars().any(char::is_control)));
        for character in CHARACTERS {
            assert!(values.iter().any(|value| value == character), "{character}");
        }
        assert!(values.iter().filter(|value| value.contains(CANARY)).count() >= 15);
    }

    #[test]
    fn is_the_same_every_time() {
        assert_eq!(values(), values());
    }
}
