//! Where tokens are kept: SQLite, one row a connection, encrypted.
//!
//! To call Finch with a stored token, open its row as [`load`] does, and give the
//! token to `Client::with_access_token`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use crate::keys::{Keys, Sealed};

/// How long it waits for another process that is writing.
const BUSY: Duration = Duration::from_millis(250);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;

    -- Add what you know a connection by: your customer, its provider, its products.
    CREATE TABLE IF NOT EXISTS connections (
        connection_id TEXT PRIMARY KEY,
        key_id TEXT NOT NULL,
        nonce BLOB NOT NULL,
        token BLOB NOT NULL
    ) STRICT;

    -- The exchanges that are under way.
    CREATE TABLE IF NOT EXISTS exchanges (
        request_id TEXT PRIMARY KEY,
        began TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) STRICT;
";

/// The database; a handle to the one connection with it.
#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens the database in this file, or one in memory. Everything in it is
    /// opened, and sealed with the key that seals now.
    ///
    /// # Errors
    ///
    /// It is not such a database, or what is in it is of other keys, or was
    /// changed.
    pub(crate) fn open(file: Option<&Path>, keys: &Keys) -> anyhow::Result<Self> {
        let connection = match file {
            Some(file) => open_file(file).with_context(|| format!("{}", file.display()))?,
            None => prepare(Connection::open_in_memory()?)?,
        };
        Self::begin_with(connection, keys)
            .with_context(|| format!("{}", file.unwrap_or(Path::new("the database")).display()))
    }

    fn begin_with(mut connection: Connection, keys: &Keys) -> anyhow::Result<Self> {
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

    /// Notes that an exchange begins: fails, before its code is spent, where the
    /// database cannot be written.
    pub(crate) async fn begin_exchange(&self, request_id: &str) -> anyhow::Result<()> {
        let request_id = request_id.to_owned();
        self.write(move |transaction| {
            let sql = "INSERT INTO exchanges (request_id) VALUES (?1)";
            transaction.execute(sql, [request_id]).map(drop)
        })
        .await
    }

    /// Notes that it ended without a token.
    pub(crate) async fn end_exchange(&self, request_id: &str) -> anyhow::Result<()> {
        let request_id = request_id.to_owned();
        self.write(move |transaction| end(transaction, &request_id))
            .await
    }

    /// Notes that it ended with the token of a connection, which takes the place
    /// of one that the connection had before.
    pub(crate) async fn end_exchange_with(
        &self,
        request_id: &str,
        connection_id: &str,
        sealed: Arc<Sealed>,
    ) -> anyhow::Result<()> {
        let (request_id, connection_id) = (request_id.to_owned(), connection_id.to_owned());
        self.write(move |transaction| {
            save(transaction, &connection_id, &sealed)?;
            end(transaction, &request_id)
        })
        .await
    }

    /// Runs `work` in a transaction, on a thread that may wait.
    async fn write(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let store = self.clone();
        let run = move || {
            let mut connection = store.0.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = begin(&mut connection)?;
            work(&transaction)?;
            transaction.commit()
        };
        Ok(tokio::task::spawn_blocking(run).await??)
    }
}

fn open_file(file: &Path) -> anyhow::Result<Connection> {
    // For its owner alone, as are the files that SQLite puts beside it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(file)?;
    }
    Ok(prepare(Connection::open(file)?)?)
}

fn prepare(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY)?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Opens every token, and seals it again where a newer key seals now; returns how
/// many there are.
fn reseal(connection: &Connection, keys: &Keys) -> anyhow::Result<usize> {
    let ids: Vec<String> = connection
        .prepare("SELECT connection_id FROM connections")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &ids {
        let Some(sealed) = load(connection, id)? else {
            continue;
        };
        let token = keys.open(id, &sealed)?;
        if !keys.is_current(&sealed) {
            save(connection, id, &keys.seal(id, &token)?)?;
        }
    }
    Ok(ids.len())
}

/// The sealed token of a connection, if it has one.
fn load(connection: &Connection, connection_id: &str) -> rusqlite::Result<Option<Sealed>> {
    let sql = "SELECT key_id, nonce, token FROM connections WHERE connection_id = ?1";
    let sealed = connection.query_row(sql, [connection_id], |row| {
        Ok(Sealed {
            key_id: row.get(0)?,
            nonce: row.get(1)?,
            token: row.get(2)?,
        })
    });
    sealed.optional()
}

fn save(connection: &Connection, connection_id: &str, sealed: &Sealed) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO connections (connection_id, key_id, nonce, token) \
               VALUES (?1, ?2, ?3, ?4)";
    let Sealed {
        key_id,
        nonce,
        token,
    } = sealed;
    connection
        .execute(sql, params![connection_id, key_id, nonce, token])
        .map(drop)
}

fn end(connection: &Connection, request_id: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM exchanges WHERE request_id = ?1";
    connection.execute(sql, [request_id]).map(drop)
}

/// The exchanges that were under way when the last server stopped, once.
fn cut_short(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare("DELETE FROM exchanges RETURNING request_id, began")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

    use finch_api::Secret;

    use super::*;

    const OLD: &str = "old:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
    const NEW: &str = "new:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

    fn keys(text: &str) -> Keys {
        Keys::parse(text).unwrap()
    }

    fn database() -> Connection {
        prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    fn put(connection: &Connection, id: &str, token: &str, keys: &Keys) {
        let sealed = keys.seal(id, &Secret::from(token)).unwrap();
        save(connection, id, &sealed).unwrap();
    }

    fn get(connection: &Connection, id: &str, keys: &Keys) -> String {
        let sealed = load(connection, id).unwrap().unwrap();
        keys.open(id, &sealed).unwrap().expose_secret().to_owned()
    }

    #[test]
    fn a_connection_has_the_token_of_its_last_exchange() {
        let (database, keys) = (database(), keys(OLD));
        put(&database, "a", "token-1", &keys);
        put(&database, "b", "token-2", &keys);
        put(&database, "a", "token-3", &keys);
        assert_eq!(reseal(&database, &keys).unwrap(), 2);
        assert_eq!(get(&database, "a", &keys), "token-3");
        assert_eq!(get(&database, "b", &keys), "token-2");
    }

    #[test]
    fn an_old_key_can_go_after_a_start_with_both() {
        let database = database();
        put(&database, "a", "token-1", &keys(OLD));
        assert!(reseal(&database, &keys(NEW)).is_err());
        assert_eq!(
            reseal(&database, &keys(&format!("{NEW},{OLD}"))).unwrap(),
            1
        );
        assert_eq!(get(&database, "a", &keys(NEW)), "token-1");
    }

    #[test]
    fn a_row_that_was_moved_is_refused() {
        let (database, keys) = (database(), keys(OLD));
        put(&database, "a", "token-1", &keys);
        let moved = "UPDATE connections SET connection_id = 'b'";
        database.execute(moved, []).unwrap();
        assert_eq!(
            reseal(&database, &keys).unwrap_err().to_string(),
            "connection b: its token cannot be opened: the key \"old\" is not the one that it was \
             sealed with, or the record was changed"
        );
    }

    #[test]
    fn what_was_cut_short_is_said_once() {
        let database = database();
        let sql = "INSERT INTO exchanges (request_id) VALUES ('a'), ('b')";
        database.execute(sql, []).unwrap();
        end(&database, "a").unwrap();
        let cut: Vec<_> = cut_short(&database)
            .unwrap()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(cut, ["b"]);
        assert_eq!(cut_short(&database).unwrap(), []);
    }
}
