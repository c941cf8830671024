//! The question for a code, on a real terminal.

use awsenv_core::broker::Request;
use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;

use crate::common::{
    ADMIN, Answer, BROKER, DEPLOY, OTHER, SERIAL, World, assume, bytes, role_with_mfa, world_with_mfa,
};

/// A request that a person may be asked about.
fn wanting(world: &World, arn: &str) -> Request {
    let mut request = world.request(vec![world.keys(), assume("acme", role_with_mfa(arn))]);
    request.person.may_ask = true;
    request
}

/// The broker on a terminal, with its standard streams elsewhere, as awsenv starts it. Says `ended` when it has ended,
/// and whether the terminal is as it was.
fn start(home: &Home, request: &Request) -> Terminal {
    std::fs::write(home.join("request"), bytes(request)).expect("a file in a temporary home");
    let line = format!(
        "stty -g >before; '{BROKER}' <request >answer 2>stderr; echo $? >status; stty -g >after; \
         cmp before after && echo en''ded; sleep 30"
    );
    Terminal::start("/bin/sh".as_ref(), &["-c", &line], home.path(), home.environment())
}

/// What the broker answered, once it has ended and left the terminal as it was.
#[track_caller]
fn ended(world: &World, terminal: &mut Terminal) -> Answer {
    terminal.wait_for("ended");
    let read = |name: &str| std::fs::read_to_string(world.home.join(name)).expect("what the broker said");
    assert_eq!(read("status"), "0\n");
    let answer = Answer::read(read("answer").as_bytes(), read("stderr"));
    world.assert_no_secret(&answer);
    answer
}

const PROMPT: &str = "code of arn:aws:iam::111122223333:mfa/phone:";

#[test]
fn a_code_is_asked_for_hidden_with_what_it_is_for() {
    let world = world_with_mfa(&["111111"]);
    let mut terminal = start(&world.home, &wanting(&world, ADMIN));
    let screen = terminal.wait_for(PROMPT);
    assert!(screen.contains("profile acme assumes arn:aws:iam::123456789012:role/Admin with MFA"), "{screen}");
    terminal.send("111111\r");
    let answer = ended(&world, &mut terminal);
    assert!(world.fake.identity_of(answer.key_id()).is_some_and(|arn| arn.contains("role/Admin/")));
    let shown = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(!shown.contains("111111") && !shown.contains(world.user.secret_access_key()), "{shown}");
    assert_eq!(answer.stderr, "", "questions are the terminal's");
    // The session that it made serves the next role, and nobody is asked.
    let mut terminal = start(&world.home, &wanting(&world, DEPLOY));
    let answer = ended(&world, &mut terminal);
    assert!(world.fake.identity_of(answer.key_id()).is_some_and(|arn| arn.contains("role/Deploy/")));
    assert!(!terminal.text().contains("code of"), "{}", terminal.text());
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
}

#[test]
fn what_is_no_code_is_asked_again_and_never_sent() {
    let world = world_with_mfa(&["111111"]);
    let mut terminal = start(&world.home, &wanting(&world, ADMIN));
    terminal.wait_for(PROMPT);
    for (number, typed) in ["12345\r", "\r", "12345x\r", "1234567\r"].into_iter().enumerate() {
        terminal.send(typed);
        terminal.wait_until("another question", |screen| screen.matches("a code is six digits").count() == number + 1);
    }
    assert_eq!(world.fake.requests().len(), 0);
    // As the device shows it, with a slip.
    terminal.send("112\u{7f}1 111\r");
    assert!(!ended(&world, &mut terminal).is_failure());
}

#[test]
fn a_wrong_code_is_asked_again_three_times_in_all() {
    let world = world_with_mfa(&["111111"]);
    let mut terminal = start(&world.home, &wanting(&world, ADMIN));
    for number in 1..=3 {
        terminal.wait_until("a question", |screen| screen.matches(PROMPT).count() == number);
        terminal.send("999999\r");
    }
    let answer = ended(&world, &mut terminal);
    assert_eq!((answer.code(), world.fake.calls("GetSessionToken")), ("mfa-code-wrong", 3));
    assert!(terminal.text().contains("AWS did not accept the code"), "{}", terminal.text());

    let mut terminal = start(&world.home, &wanting(&world, ADMIN));
    terminal.wait_for(PROMPT);
    terminal.send("999999\r");
    terminal.wait_until("a second question", |screen| screen.matches(PROMPT).count() == 2);
    terminal.send("111111\r");
    assert!(!ended(&world, &mut terminal).is_failure());
}

#[test]
fn a_second_code_is_asked_for_where_the_first_is_spent_and_it_says_why() {
    let world = world_with_mfa(&["111111", "222222", "333333"]);
    let mut terminal = start(&world.home, &wanting(&world, OTHER));
    terminal.wait_for(PROMPT);
    terminal.send("111111\r");
    let screen = terminal.wait_until("a second question", |screen| screen.matches(PROMPT).count() == 2);
    assert!(screen.contains("with the MFA session AssumeRole was denied"), "{screen}");
    assert!(screen.contains("perhaps the role wants the code with the call itself"), "{screen}");
    terminal.send("222222\r");
    assert!(!ended(&world, &mut terminal).is_failure());
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 2));
    // The next time one code is enough.
    let mut terminal = start(&world.home, &wanting(&world, OTHER));
    terminal.wait_for(PROMPT);
    terminal.send("333333\r");
    assert!(!ended(&world, &mut terminal).is_failure());
    assert_eq!((world.fake.calls("GetSessionToken"), world.fake.calls("AssumeRole")), (1, 3));
}

#[test]
fn ctrl_c_stops_it_and_nothing_is_sent() {
    for keys in ["\u{3}", "11\u{3}", "\u{4}"] {
        let world = world_with_mfa(&["111111"]);
        let mut terminal = start(&world.home, &wanting(&world, ADMIN));
        terminal.wait_for(PROMPT);
        terminal.send(keys);
        let answer = ended(&world, &mut terminal);
        assert_eq!((answer.code(), answer.kind()), ("interrupted", "interrupted"));
        assert_eq!(world.fake.requests().len(), 0);
    }
}

#[test]
fn a_process_that_is_asked_to_end_puts_the_terminal_back() {
    let world = world_with_mfa(&["111111"]);
    std::fs::write(world.home.join("request"), bytes(&wanting(&world, ADMIN))).expect("a file in a temporary home");
    let line = format!(
        "stty -g >before; sh -c 'echo $$ >pid; exec \"$0\"' '{BROKER}' <request >answer 2>stderr; echo $? >status; \
         stty -g >after; cmp before after && echo en''ded; sleep 30"
    );
    let mut terminal = Terminal::start("/bin/sh".as_ref(), &["-c", &line], world.home.path(), world.home.environment());
    terminal.wait_for(PROMPT);
    let pid = std::fs::read_to_string(world.home.join("pid")).expect("its id");
    let killed = world.home.command("kill").args(["-TERM", pid.trim()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(ended(&world, &mut terminal).kind(), "interrupted");
    assert_eq!(world.fake.requests().len(), 0);
}

#[test]
fn nobody_is_asked_in_the_background_even_where_there_is_a_terminal() {
    let world = world_with_mfa(&["111111"]);
    let mut request = wanting(&world, ADMIN);
    request.person.may_ask = false;
    let mut terminal = start(&world.home, &request);
    let answer = ended(&world, &mut terminal);
    assert_eq!((answer.code(), answer.kind()), ("mfa-needed", "needs-person"));
    assert!(!terminal.text().contains("code of"), "{}", terminal.text());
}

#[test]
fn a_session_that_came_meanwhile_is_used_and_the_typed_code_is_not() {
    let world = world_with_mfa(&["111111", "222222"]);
    let mut terminal = start(&world.home, &wanting(&world, ADMIN));
    terminal.wait_for(PROMPT);
    // Another shell gives a code while this one waits for its person.
    let mut other = world.request(vec![world.keys(), assume("acme", role_with_mfa(DEPLOY))]);
    other.person.mfa_code = Some(awsenv_core::credentials::Secret::new("111111"));
    assert!(!world.answer(&other).is_failure(), "no lock is held while a person types");
    terminal.send("222222\r");
    assert!(!ended(&world, &mut terminal).is_failure());
    assert_eq!(world.fake.calls("GetSessionToken"), 1);
}

#[test]
fn what_the_question_shows_can_not_move_the_terminal() {
    let world = world_with_mfa(&[]);
    let mut role = role_with_mfa("arn:aws:iam::123456789012:role/\u{1b}[2JEvil\u{7}");
    role.mfa_serial = Some(format!("{SERIAL}\u{1b}]0;title\u{7}\r\nfake line \u{202e}"));
    let mut request = world.request(vec![world.keys(), assume("ac\u{1b}[31mme", role)]);
    request.person.may_ask = true;
    let mut terminal = start(&world.home, &request);
    terminal.wait_for("code of arn:aws:iam::111122223333:mfa/phone ]0;title fake line:");
    let shown = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    terminal.send("\u{3}");
    assert_eq!(ended(&world, &mut terminal).code(), "interrupted");
}
