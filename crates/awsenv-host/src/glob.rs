//! Patterns with `*` (any characters) and `?` (one), for names and commands. Nothing else is special.

/// Whether all of `text` matches `pattern`. Letters match in their own case only. Takes at most the product of both
/// lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern = pattern.chars().collect::<Vec<_>>();
    let text = text.chars().collect::<Vec<_>>();
    let (mut p, mut t) = (0, 0);
    // After the last star: where the pattern goes on, and where the text was when it did.
    let mut retry = None;
    loop {
        match pattern.get(p) {
            Some('*') => {
                p += 1;
                retry = Some((p, t));
            }
            None if t == text.len() => return true,
            Some(wanted) if text.get(t).is_some_and(|got| *wanted == '?' || wanted == got) => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((after_star, start)) if start < text.len() => {
                    retry = Some((after_star, start + 1));
                    (p, t) = (after_star, start + 1);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a"),
            ("*prod*", "prod"),
            ("*prod*", "a-prod-b"),
            ("*-live", "x-live-live"),
            ("a?c", "aäc"),
            ("a*b*c", "aXbYbZc"),
            ("**a", "bca"),
            ("[x]", "[x]"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("a", ""), ("?", ""), ("*prod*", "PROD"), ("*-live", "x-live2"), ("a*b*c", "acb"), ("[x]", "x")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_end_soon() {
        assert!(!matches(&"*a".repeat(500), &"a".repeat(499)));
        assert!(!matches(&format!("{}b", "a*".repeat(200)), &"a".repeat(5000)));
    }
}
