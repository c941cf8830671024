//! A terminal's screen as an SVG, for documents: text stays text, and every word stands in its cells whatever font the
//! reader has.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// Width of a cell, in the SVG's units.
const CELL: f64 = 8.4;
/// Height of a line.
const LINE: f64 = 19.0;
/// From the window's edge to the text.
const MARGIN: f64 = 18.0;
/// Height of the window's title bar.
const BAR: f64 = 34.0;
/// From the top of a line to the foot of its letters.
const FOOT: f64 = 14.0;

/// The window, its edge (seen on dark pages), and text in no color.
const BACKGROUND: &str = "#1c1f26";
const EDGE: &str = "#4b5263";
const FOREGROUND: &str = "#d7dae0";

/// The sixteen colors, all legible on [`BACKGROUND`].
const PALETTE: [&str; 16] = [
    "#6b7280", "#f47067", "#8ddb8c", "#f2cc60", "#7ab7ff", "#d2a8ff", "#76e3ea", "#d7dae0", "#8b949e", "#ff938a",
    "#a5e8a4", "#ffdd80", "#a3cfff", "#e2c5ff", "#a0f0f5", "#ffffff",
];

/// One word, or words a single space apart, that look the same.
struct Run {
    row: u16,
    column: u16,
    text: String,
    style: String,
}

/// Draws the text on `screen` in a window called `title`, which is as large as the text.
pub fn svg(screen: &Screen, title: &str) -> String {
    let runs = runs(screen);
    let rows = runs.iter().map(|run| run.row + 1).max().unwrap_or(1);
    let columns = runs.iter().map(Run::end).max().unwrap_or(1);
    let (width, height) = (2.0 * MARGIN + f64::from(columns) * CELL, BAR + MARGIN + f64::from(rows) * LINE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<title>{title}</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{:.1}\" height=\"{:.1}\" rx=\"9\" fill=\"{BACKGROUND}\" stroke=\"{EDGE}\"/>\n",
        width - 1.0,
        height - 1.0,
        title = escaped(title),
    );
    for (place, color) in [(18, "#f47067"), (38, "#f2cc60"), (58, "#8ddb8c")] {
        put(&mut svg, format_args!("<circle cx=\"{place}\" cy=\"17\" r=\"5.5\" fill=\"{color}\"/>\n"));
    }
    put(
        &mut svg,
        format_args!(
            "<g font-family=\"ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
             font-size=\"14\" fill=\"{FOREGROUND}\">\n<text x=\"{:.1}\" y=\"22\" text-anchor=\"middle\" \
             fill=\"{}\">{}</text>\n",
            width / 2.0,
            PALETTE[8],
            escaped(title)
        ),
    );
    for Run { row, column, text, style } in &runs {
        let (x, y) = (MARGIN + f64::from(*column) * CELL, BAR + f64::from(*row) * LINE + FOOT);
        let length = text.chars().count() as f64 * CELL;
        put(
            &mut svg,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\"{style}>{}\
                 </text>\n",
                escaped(text)
            ),
        );
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a String takes everything");
}

fn runs(screen: &Screen) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (rows, columns) = screen.size();
    for row in 0..rows.get() {
        let mut spaces = 0;
        let mut open = false;
        for column in 0..columns.get() {
            let cell = screen.cell(row, column).filter(|cell| !cell.contents().trim().is_empty());
            let Some(cell) = cell else {
                spaces += 1;
                continue;
            };
            let style = style(cell);
            match runs.last_mut().filter(|run| open && spaces <= 1 && run.style == style) {
                Some(run) => {
                    run.text.extend(std::iter::repeat_n(' ', spaces));
                    run.text.push_str(cell.contents());
                }
                None => runs.push(Run { row, column, text: cell.contents().to_owned(), style }),
            }
            (spaces, open) = (0, true);
        }
    }
    runs
}

impl Run {
    /// The column behind it.
    fn end(&self) -> u32 {
        let length = u32::try_from(self.text.chars().count()).expect("a row has less than 2^16 columns");
        u32::from(self.column) + length
    }
}

/// The attributes of an SVG text that looks like `cell`.
fn style(cell: &Cell) -> String {
    let mut style = match cell.fgcolor() {
        Color::Idx(index) => match PALETTE.get(usize::from(index)) {
            Some(color) => format!(" fill=\"{color}\""),
            None => String::new(),
        },
        Color::Rgb(red, green, blue) => format!(" fill=\"#{red:02x}{green:02x}{blue:02x}\""),
        Color::Default => String::new(),
    };
    if cell.bold() {
        style.push_str(" font-weight=\"bold\"");
    }
    if cell.dim() {
        style.push_str(" opacity=\"0.65\"");
    }
    style
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn drawn(output: &str) -> String {
        let size = NonZeroU16::new(20).unwrap();
        let mut parser = vt100::Parser::new(size, size, 0);
        parser.process(output.as_bytes());
        svg(parser.screen(), "a & b")
    }

    #[test]
    fn words_have_their_places_and_colors() {
        let text = drawn("a <b>   c\r\n\u{1b}[1;32m$\u{1b}[0m d");
        for part in ["<title>a &amp; b</title>", ">a &lt;b&gt;</text>", ">c</text>", ">d</text>"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains(&format!("fill=\"{}\" font-weight=\"bold\">$</text>", PALETTE[2])), "{text}");
        assert!(text.contains(&format!("x=\"{:.1}\" y=\"{:.1}\"", MARGIN + 8.0 * CELL, BAR + FOOT)), "{text}");
    }

    #[test]
    fn it_is_as_large_as_its_text() {
        let size = |text: &str| drawn(text).split("viewBox=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_ne!(size("a"), size("a\r\nb"));
        assert_ne!(size("a"), size("ab"));
        assert_eq!(size("a\r\nb"), size("a\r\nb  \r\n\r\n"));
    }
}
