//! Tests that tokens are stored despite failures, and that only their key decrypts them.

use std::sync::Arc;

use finch_api_tests::{Loopback, Reply};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::browser::{Answer, Browser};
use crate::server::{KEY_1, KEY_2, Place, Server, until};
use crate::{ANSWER, CODE, CONNECTION, SECRETS, answer, assert_none_of, finch, start};

/// An exchange that Finch has received. Finch responds when `answer` is notified.
pub(crate) struct Exchange {
    pub(crate) finch: Loopback,
    pub(crate) answer: Arc<Notify>,
    pub(crate) place: Place,
    pub(crate) server: Server,
    pub(crate) browser: JoinHandle<Answer>,
}

pub(crate) async fn running_exchange() -> Exchange {
    let release = Arc::new(Notify::new());
    let reply = Reply::json("200 OK", ANSWER).once_notified(&release);
    let finch = Loopback::script([reply, answer()]).await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let url = server.url().to_owned();
    let browser = tokio::spawn(async move { Browser::new().post_code(&url, &url, CODE).await });
    until("the exchange", || finch.received().len() == 1).await;
    Exchange {
        finch,
        answer: release,
        place,
        server,
        browser,
    }
}

#[tokio::test]
async fn restart_keeps_tokens_and_reconnect_replaces_them() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    browser.post_code(server.url(), server.url(), CODE).await;
    let first = place.stored();
    assert_eq!(first[0].0, CONNECTION);
    assert_none_of(&SECRETS, &server.stop());

    let server = start(&place, &finch.url());
    browser
        .post_code(server.url(), server.url(), "another-code")
        .await;
    let second = place.stored();
    assert_eq!(second.len(), 1);
    assert_ne!(second, first);
    place.assert_none_of(&SECRETS);
    let log = server.kill();
    assert!(log.contains("1 connections are stored"), "{log}");
    assert!(!log.contains("was cut short"), "{log}");
    assert_none_of(&SECRETS, &log);
    // The killed server left a write-ahead log.
    place.assert_none_of(&SECRETS);

    // First with a new key before the old key, then without the old key.
    let both = format!("{KEY_2},{KEY_1}");
    place.start(&[("TOKEN_KEYS", &both)]).stop();
    assert_ne!(place.stored(), second);
    place.start(&[("TOKEN_KEYS", KEY_2)]).stop();
    let log = place.refused(&[]);
    let message = "it is sealed with the key \"2\", which TOKEN_KEYS does not have";
    assert!(
        log.contains(&format!("connection {CONNECTION}: {message}")),
        "{log}"
    );
}

#[tokio::test]
async fn a_wrong_key_and_a_changed_byte_are_errors() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    Browser::new()
        .post_code(server.url(), server.url(), CODE)
        .await;
    server.stop();

    let wrong = KEY_2.replacen('2', "1", 1);
    let log = place.refused(&[("TOKEN_KEYS", &wrong)]);
    assert!(
        log.contains("its token cannot be opened: the key \"1\" is not the one"),
        "{log}"
    );
    let (_, mut token) = place.stored().remove(0);
    token[3] ^= 1;
    place
        .open()
        .execute("UPDATE connections SET token = ?1", [&token])
        .unwrap();
    let log = place.refused(&[]);
    assert!(log.contains("or the record was changed"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    token[3] ^= 1;
    place
        .open()
        .execute("UPDATE connections SET token = ?1", [&token])
        .unwrap();
    place.start(&[]).stop();
}

#[cfg(unix)]
#[tokio::test]
async fn database_is_readable_only_by_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let _server = place.start(&[]);
    let mode = std::fs::metadata(place.database())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn disconnected_browser_loses_no_token() {
    let Exchange {
        answer,
        place,
        server,
        browser,
        finch: _listening,
    } = running_exchange().await;
    browser.abort();
    assert!(browser.await.unwrap_err().is_cancelled());
    // When the server responds to another browser, it has noticed that this browser is
    // gone.
    Browser::new().get(&format!("{}/", server.url())).await;
    answer.notify_one();
    until("the token", || place.stored().len() == 1).await;
    server.stop();
}

#[tokio::test]
async fn stopping_server_finishes_a_running_exchange() {
    let Exchange {
        answer,
        place,
        server,
        browser,
        finch: _listening,
    } = running_exchange().await;
    server.tell_to_stop();
    answer.notify_one();
    assert_eq!(browser.await.unwrap().status, 200);
    let (status, log) = server.stopped();
    assert!(status.success(), "{log}");
    assert_eq!(place.stored().len(), 1);
}

#[tokio::test]
async fn unwritable_database_uses_up_no_code() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let lock = place.open();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = Browser::new()
        .post_code(server.url(), server.url(), CODE)
        .await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["title"], "This is our mistake");
    assert_eq!(finch.received().len(), 0);
    let log = server.stop();
    assert!(
        log.contains("the database cannot be written, and nothing was exchanged"),
        "{log}"
    );
    assert_none_of(&SECRETS, &log);
}

#[tokio::test]
async fn unstored_token_is_kept_in_memory() {
    let Exchange {
        answer,
        place,
        server,
        browser,
        finch: _listening,
    } = running_exchange().await;
    let lock = place.open();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    answer.notify_one();
    let answer = browser.await.unwrap();
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["title"], "Almost connected");
    assert_ne!(answer.json()["next"][0], "/connect");

    // A stopping server waits for it.
    server.tell_to_stop();
    lock.execute_batch("COMMIT").unwrap();
    let (status, log) = server.stopped();
    assert!(status.success(), "{log}");
    assert_eq!(place.stored().len(), 1);
    assert!(log.contains(&format!(
        "the token of connection {CONNECTION} is not stored yet"
    )));
    assert!(log.contains(&format!("connection {CONNECTION} is stored")));
    assert_none_of(&SECRETS, &log);
    place.assert_none_of(&SECRETS);
}

#[tokio::test]
async fn interrupted_exchange_is_logged_at_the_next_start() {
    let Exchange {
        finch,
        place,
        server,
        browser,
        answer: _never,
    } = running_exchange().await;
    server.kill();
    browser.abort();
    place.assert_none_of(&SECRETS);
    let log = start(&place, &finch.url()).stop();
    assert!(log.contains("was cut short"), "{log}");
    let log = start(&place, &finch.url()).stop();
    assert!(!log.contains("was cut short"), "{log}");
}
