//! The database: SQLite, with one row for each connection and its encrypted token.
//!
//! To call Finch for a connection, read it with [`Store::connection`], open its token
//! with [`Keys::open`], and give that to `Client::with_access_token`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use crate::account::Account;
use crate::keys::{Keys, Sealed};
use crate::request_id::RequestId;

/// How long to wait for another process that is writing.
const BUSY: Duration = Duration::from_millis(250);

const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
";

/// The steps that create the schema. To change it, add a step. `user_version` counts the steps that
/// a database has completed.
const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE IF NOT EXISTS connections (
        connection_id TEXT PRIMARY KEY,
        key_id TEXT NOT NULL,
        nonce BLOB NOT NULL,
        token BLOB NOT NULL
    ) STRICT;

    -- The exchanges that are running.
    CREATE TABLE IF NOT EXISTS exchanges (
        request_id TEXT PRIMARY KEY,
        began TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) STRICT;
    ",
    "
    -- The request that exchanged the code.
    ALTER TABLE connections ADD COLUMN request_id TEXT;
    -- The owner, and the digest of the owner and the code.
    ALTER TABLE connections ADD COLUMN account BLOB;
    ALTER TABLE connections ADD COLUMN arrival BLOB;
    ALTER TABLE connections ADD COLUMN connected_at TEXT;
    ALTER TABLE connections ADD COLUMN company TEXT;
    ALTER TABLE connections ADD COLUMN provider TEXT;
    -- Separated by spaces.
    ALTER TABLE connections ADD COLUMN products TEXT;
    CREATE UNIQUE INDEX connections_by_request ON connections (request_id);
    CREATE INDEX connections_by_account ON connections (account);
    CREATE INDEX connections_by_arrival ON connections (arrival);
    ",
];

/// A connection that Finch has issued a token for.
pub(crate) struct Issued {
    /// The request that exchanged the code.
    pub(crate) request_id: RequestId,
    pub(crate) connection_id: String,
    /// The owner, who may see and disconnect it.
    pub(crate) account: Option<Account>,
    /// Identifies the owner's code.
    pub(crate) arrival: [u8; 32],
    pub(crate) provider: Option<String>,
    pub(crate) products: Vec<String>,
}

/// A stored connection.
pub(crate) struct Stored {
    pub(crate) request_id: String,
    pub(crate) connection_id: String,
    pub(crate) connected_at: String,
    /// `None` until Finch returns it.
    pub(crate) company: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) products: String,
    pub(crate) token: Sealed,
}

/// A handle to the one connection with the database.
#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens the database in this file, or a database in memory. Decrypts every token, and encrypts
    /// it again if the first key is newer.
    ///
    /// # Errors
    /// The file is not a database of this server, or a token was encrypted with another key, or was
    /// changed.
    pub(crate) fn open(file: Option<&Path>, keys: &Keys) -> anyhow::Result<Self> {
        let open = || {
            let connection = match file {
                Some(file) => open_file(file)?,
                None => Connection::open_in_memory()?,
            };
            Self::start(prepare(connection)?, keys)
        };
        open().with_context(|| {
            file.unwrap_or(Path::new("the database"))
                .display()
                .to_string()
        })
    }

    fn start(mut connection: Connection, keys: &Keys) -> anyhow::Result<Self> {
        let transaction = begin(&mut connection)?;
        let stored = reseal(&transaction, keys)?;
        let cut_short = cut_short(&transaction)?;
        transaction.commit()?;
        tracing::info!("{stored} connections are stored");
        for (request_id, began) in cut_short {
            tracing::warn!(
                "the exchange of request {request_id}, begun at {began}, was cut short: if its \
                 employer is not connected, they must connect again"
            );
        }
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Records the start of an exchange. If the database cannot be written, it fails before the
    /// code is used up.
    /// If the code was exchanged before, returns that request, and records nothing.
    pub(crate) async fn begin_exchange(
        &self,
        request_id: &RequestId,
        arrival: [u8; 32],
    ) -> anyhow::Result<Option<RequestId>> {
        let request_id = request_id.clone();
        self.run(move |transaction| {
            let first = exchanged(transaction, arrival)?;
            if first.is_none() {
                let sql = "INSERT INTO exchanges (request_id) VALUES (?1)";
                transaction.execute(sql, [request_id.as_str()])?;
            }
            Ok(first)
        })
        .await
    }

    /// Records that an exchange ended without a token.
    pub(crate) async fn end_exchange(&self, request_id: &RequestId) -> anyhow::Result<()> {
        let request_id = request_id.clone();
        self.run(move |transaction| end(transaction, &request_id))
            .await
    }

    /// Records that an exchange ended with the token of a connection. It replaces the previous
    /// token of the connection.
    pub(crate) async fn end_exchange_with(
        &self,
        record: &Arc<(Issued, Sealed)>,
    ) -> anyhow::Result<()> {
        let record = Arc::clone(record);
        self.run(move |transaction| {
            let (issued, token) = &*record;
            insert(transaction, issued, token)?;
            end(transaction, &issued.request_id)
        })
        .await
    }

    /// Records the name of the company.
    pub(crate) async fn set_company(
        &self,
        request_id: &RequestId,
        name: String,
    ) -> anyhow::Result<()> {
        let request_id = request_id.clone();
        self.run(move |transaction| {
            let sql = "UPDATE connections SET company = ?2 WHERE request_id = ?1";
            transaction.execute(sql, params![request_id.as_str(), name])?;
            Ok(())
        })
        .await
    }

    /// Returns the connections of an account, the newest first.
    pub(crate) async fn connections(&self, account: Account) -> anyhow::Result<Vec<Stored>> {
        self.run(move |transaction| connections(transaction, account))
            .await
    }

    /// Returns the connection that this request of the account made.
    pub(crate) async fn connection(
        &self,
        account: Account,
        request_id: String,
    ) -> anyhow::Result<Option<Stored>> {
        let connections = self.connections(account).await?;
        let mut connections = connections.into_iter();
        Ok(connections.find(|stored| stored.request_id == request_id))
    }

    /// Removes the connection that this request made.
    pub(crate) async fn remove(&self, request_id: String) -> anyhow::Result<()> {
        self.run(move |transaction| {
            let sql = "DELETE FROM connections WHERE request_id = ?1";
            transaction.execute(sql, [request_id])?;
            Ok(())
        })
        .await
    }

    /// Runs `work` in a transaction, on a thread that may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let store = self.clone();
        let run = move || {
            let mut connection = store.0.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = begin(&mut connection)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok::<_, rusqlite::Error>(result)
        };
        Ok(tokio::task::spawn_blocking(run).await??)
    }
}

fn open_file(file: &Path) -> anyhow::Result<Connection> {
    // Only its owner may read it. SQLite gives its other files the same mode.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(file)?;
    }
    Ok(Connection::open(file)?)
}

fn prepare(mut connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(SETTINGS)?;
    let transaction = begin(&mut connection)?;
    let version = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (done, sql) in (1..).zip(MIGRATIONS).skip(version) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", done)?;
    }
    transaction.commit()?;
    Ok(connection)
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Decrypts every token, and encrypts it again if the first key is newer. Returns the number of
/// tokens.
fn reseal(connection: &Connection, keys: &Keys) -> anyhow::Result<usize> {
    let tokens: Vec<(String, Sealed)> = connection
        .prepare("SELECT connection_id, key_id, nonce, token FROM connections")?
        .query_map([], |row| Ok((row.get("connection_id")?, sealed(row)?)))?
        .collect::<Result<_, _>>()?;
    for (id, sealed) in &tokens {
        let token = keys.open(id, sealed)?;
        if !keys.is_current(sealed) {
            let Sealed {
                key_id,
                nonce,
                token,
            } = keys.seal(id, &token)?;
            let sql = "UPDATE connections SET key_id = ?2, nonce = ?3, token = ?4 \
                       WHERE connection_id = ?1";
            connection.execute(sql, params![id, key_id, nonce, token])?;
        }
    }
    Ok(tokens.len())
}

fn sealed(row: &Row<'_>) -> rusqlite::Result<Sealed> {
    Ok(Sealed {
        key_id: row.get("key_id")?,
        nonce: row.get("nonce")?,
        token: row.get("token")?,
    })
}

fn exchanged(connection: &Connection, arrival: [u8; 32]) -> rusqlite::Result<Option<RequestId>> {
    let sql = "SELECT request_id FROM connections WHERE arrival = ?1 AND account IS NOT NULL";
    let request_id = connection.query_row(sql, [arrival], |row| row.get::<_, String>(0));
    Ok(request_id.optional()?.map(RequestId::from))
}

fn insert(connection: &Connection, issued: &Issued, token: &Sealed) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO connections (connection_id, key_id, nonce, token, request_id, \
               account, arrival, connected_at, provider, products) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, CURRENT_TIMESTAMP, ?8, ?9)";
    let values = params![
        issued.connection_id,
        token.key_id,
        token.nonce,
        token.token,
        issued.request_id.as_str(),
        issued.account.as_ref().map(Account::as_bytes),
        issued.arrival,
        issued.provider,
        issued.products.join(" "),
    ];
    connection.execute(sql, values).map(drop)
}

fn connections(connection: &Connection, account: Account) -> rusqlite::Result<Vec<Stored>> {
    let sql = "SELECT * FROM connections WHERE account = ?1 ORDER BY connected_at DESC, rowid DESC";
    let stored = |row: &Row<'_>| {
        Ok(Stored {
            request_id: row.get("request_id")?,
            connection_id: row.get("connection_id")?,
            connected_at: row.get("connected_at")?,
            company: row.get("company")?,
            provider: row.get("provider")?,
            products: row.get("products")?,
            token: sealed(row)?,
        })
    };
    connection
        .prepare(sql)?
        .query_map([account.as_bytes()], stored)?
        .collect()
}

fn end(connection: &Connection, request_id: &RequestId) -> rusqlite::Result<()> {
    let sql = "DELETE FROM exchanges WHERE request_id = ?1";
    connection.execute(sql, [request_id.as_str()]).map(drop)
}

/// Returns the exchanges that were running when the last server stopped, and forgets them.
fn cut_short(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("DELETE FROM exchanges RETURNING request_id, began")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use axum_extra::extract::cookie::CookieJar;
    use finch_api::Secret;

    use super::*;
    use crate::config::Site;

    const OLD: &str = "old:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
    const NEW: &str = "new:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

    fn keys(text: &str) -> Keys {
        Keys::parse(text).unwrap()
    }

    fn database() -> Connection {
        prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    fn account() -> Account {
        let site = Site::parse("https://example.com").unwrap();
        let created = Account::get_or_create(CookieJar::new(), &site).unwrap();
        created.1
    }

    /// Stores the token of a connection for the account of the request.
    fn put(connection: &Connection, id: &str, token: &str, keys: &Keys, account: Option<Account>) {
        let issued = Issued {
            request_id: RequestId::from(format!("request-{token}")),
            connection_id: id.to_owned(),
            account,
            arrival: [0; 32],
            provider: Some("gusto".to_owned()),
            products: vec!["company".to_owned(), "directory".to_owned()],
        };
        let sealed = keys.seal(id, &Secret::from(token)).unwrap();
        insert(connection, &issued, &sealed).unwrap();
    }

    fn get(connection: &Connection, id: &str, keys: &Keys) -> String {
        let sql = "SELECT * FROM connections WHERE connection_id = ?1";
        let sealed = connection.query_row(sql, [id], sealed).unwrap();
        keys.open(id, &sealed).unwrap().expose_secret().to_owned()
    }

    #[test]
    fn a_connection_has_the_token_of_its_last_exchange() {
        let (database, keys) = (database(), keys(OLD));
        put(&database, "a", "token-1", &keys, None);
        put(&database, "b", "token-2", &keys, None);
        put(&database, "a", "token-3", &keys, None);
        assert_eq!(reseal(&database, &keys).unwrap(), 2);
        assert_eq!(get(&database, "a", &keys), "token-3");
        assert_eq!(get(&database, "b", &keys), "token-2");
    }

    #[test]
    fn account_lists_only_its_connections() {
        let (database, keys) = (database(), keys(OLD));
        let (one, other) = (account(), account());
        put(&database, "a", "token-1", &keys, Some(one));
        put(&database, "b", "token-2", &keys, Some(other));
        put(&database, "c", "token-3", &keys, None);
        put(&database, "d", "token-4", &keys, Some(one));
        let ids = |account| {
            let stored = connections(&database, account).unwrap();
            let ids = stored.into_iter().map(|stored| stored.connection_id);
            ids.collect::<Vec<_>>()
        };
        assert_eq!(ids(one), ["d", "a"]);
        assert_eq!(ids(other), ["b"]);
        // The last account that connects a company owns it.
        put(&database, "a", "token-5", &keys, Some(other));
        assert_eq!(ids(one), ["d"]);
        assert_eq!(ids(other), ["a", "b"]);
    }

    #[test]
    fn used_code_is_recognized() {
        let (database, keys) = (database(), keys(OLD));
        put(&database, "unread-1", "token-1", &keys, None);
        assert!(exchanged(&database, [0; 32]).unwrap().is_none());
        put(&database, "a", "token-2", &keys, Some(account()));
        let first = exchanged(&database, [0; 32]).unwrap().unwrap();
        assert_eq!(first.as_str(), "request-token-2");
        assert!(exchanged(&database, [1; 32]).unwrap().is_none());
    }

    /// The first release had no owners, and no `user_version`.
    #[test]
    fn older_database_is_migrated() {
        let old = Connection::open_in_memory().unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        let sealed = keys(OLD).seal("a", &Secret::from("token-1")).unwrap();
        let sql = "INSERT INTO connections VALUES ('a', ?1, ?2, ?3)";
        old.execute(sql, params![sealed.key_id, sealed.nonce, sealed.token])
            .unwrap();
        let database = prepare(prepare(old).unwrap()).unwrap();
        assert_eq!(get(&database, "a", &keys(OLD)), "token-1");
        put(&database, "a", "token-2", &keys(OLD), Some(account()));
        assert_eq!(get(&database, "a", &keys(OLD)), "token-2");
    }

    #[test]
    fn old_key_can_be_removed_after_one_start_with_both() {
        let database = database();
        put(&database, "a", "token-1", &keys(OLD), None);
        assert!(reseal(&database, &keys(NEW)).is_err());
        assert_eq!(
            reseal(&database, &keys(&format!("{NEW},{OLD}"))).unwrap(),
            1
        );
        assert_eq!(get(&database, "a", &keys(NEW)), "token-1");
    }

    #[test]
    fn moved_row_is_refused() {
        let (database, keys) = (database(), keys(OLD));
        put(&database, "a", "token-1", &keys, None);
        let moved = "UPDATE connections SET connection_id = 'b'";
        database.execute(moved, []).unwrap();
        assert_eq!(
            reseal(&database, &keys).unwrap_err().to_string(),
            "connection b: its token cannot be opened: the key \"old\" is not the one that it was \
             sealed with, or the record was changed"
        );
    }

    #[test]
    fn interrupted_exchange_is_reported_once() {
        let database = database();
        let sql = "INSERT INTO exchanges (request_id) VALUES ('a'), ('b')";
        database.execute(sql, []).unwrap();
        end(&database, &RequestId::from("a".to_owned())).unwrap();
        let cut: Vec<_> = cut_short(&database)
            .unwrap()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(cut, ["b"]);
        assert_eq!(cut_short(&database).unwrap(), []);
    }
}
