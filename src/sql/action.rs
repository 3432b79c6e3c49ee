//! Statements that the protocol has no message for: what each says.

use std::collections::{BTreeMap, HashMap};

use super::statement::Statement;
use crate::proto;

/// A name in parts.
pub(crate) type Name = Vec<String>;

/// A statement to be carried out.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    CreateTable(Box<CreateTable>),
    CreateView(Box<CreateView>),
    /// `CREATE TEMPORARY VIEW .. USING`: a view of files.
    ViewOfFiles {
        name: String,
        replace: bool,
        is_global: bool,
        source: Box<proto::Relation>,
    },
    Drop {
        kind: Object,
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    CreateNamespace {
        name: Name,
        if_not_exists: bool,
        properties: HashMap<String, String>,
    },
    AlterNamespace {
        name: Name,
        change: NamespaceChange,
    },
    AlterTable {
        name: Name,
        is_view: bool,
        change: TableChange,
    },
    Insert(Box<Insert>),
    /// Rows written to a directory.
    InsertDirectory(Box<proto::WriteOperation>),
    Delete {
        table: Name,
        condition: Option<proto::Expression>,
    },
    Update {
        table: Name,
        assignments: Vec<Assignment>,
        condition: Option<proto::Expression>,
    },
    Merge(Box<proto::MergeIntoTableCommand>),
    Use(Name),
    SetCatalog(String),
    Show(Show),
    Describe(Describe),
    /// `SET`: a key's value, or all.
    Set {
        key: Option<String>,
        value: Option<String>,
    },
    SetTimeZone(TimeZone),
    Reset(Option<String>),
    Declare(Box<Declare>),
    SetVariables {
        names: Vec<Name>,
        values: Box<Values>,
    },
    DropVariable {
        name: Name,
        if_exists: bool,
    },
    Explain {
        mode: i32,
        statement: Box<Statement>,
    },
    Cache {
        name: Name,
        query: Option<Box<proto::Relation>>,
        /// Name of a storage level.
        level: Option<String>,
        lazy: bool,
    },
    Uncache {
        name: Name,
        if_exists: bool,
    },
    ClearCache,
    Refresh(Option<Name>),
    Truncate {
        name: Name,
    },
    Analyze {
        name: Option<Name>,
    },
    Repair {
        name: Name,
        operation: &'static str,
        /// Whether partitions that are there become known, and those that are not
        /// forgotten.
        add: bool,
        drop: bool,
    },
    CreateFunction(Box<CreateFunction>),
    DropFunction {
        name: Name,
        temporary: bool,
        if_exists: bool,
    },
    Execute(Box<Execute>),
    Script(Box<super::script::Block>),
}

/// What can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Table,
    View,
    Namespace,
}

/// `CREATE TABLE` and `REPLACE TABLE`.
#[derive(Debug, Clone, Default)]
pub(crate) struct CreateTable {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) replace: bool,
    pub(crate) external: bool,
    pub(crate) columns: Option<proto::DataType>,
    /// Whether a column is computed from others.
    pub(crate) generated: bool,
    pub(crate) provider: Option<String>,
    pub(crate) partition_by: Vec<String>,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) location: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) like: Option<Name>,
    pub(crate) query: Option<proto::Relation>,
}

/// `CREATE VIEW`, and `ALTER VIEW .. AS`.
#[derive(Debug, Clone)]
pub(crate) struct CreateView {
    pub(crate) name: Name,
    pub(crate) if_not_exists: bool,
    pub(crate) replace: bool,
    /// Whether the view must be there.
    pub(crate) alter: bool,
    /// Names and comments of its columns, if they are given.
    pub(crate) columns: Vec<(String, Option<String>)>,
    pub(crate) comment: Option<String>,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) query: proto::Relation,
    pub(crate) text: String,
}

/// A change of a database.
#[derive(Debug, Clone)]
pub(crate) enum NamespaceChange {
    Properties(BTreeMap<String, String>),
    Unset(Vec<String>),
    Location(String),
    Comment(String),
}

/// A change of a table or view.
#[derive(Debug, Clone)]
pub(crate) enum TableChange {
    Rename(Name),
    AddColumns(proto::DataType),
    /// What tables of files do not do.
    Refused(&'static str),
    ColumnComment(String, String),
    ColumnDefault(String, Option<String>),
    Properties(BTreeMap<String, String>),
    Unset(Vec<String>),
    Location(String),
    Comment(Option<String>),
    AddPartitions {
        partitions: Vec<Partition>,
        if_not_exists: bool,
    },
    DropPartitions {
        partitions: Vec<Partition>,
        if_exists: bool,
    },
    RecoverPartitions,
}

/// `PARTITION (a = 1, b)`.
pub(crate) type Partition = Vec<(String, Option<proto::Expression>)>;

/// `a = 1` in an update.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) column: Name,
    pub(crate) value: proto::Expression,
}

/// `INSERT`.
#[derive(Debug, Clone)]
pub(crate) struct Insert {
    pub(crate) table: Name,
    pub(crate) overwrite: bool,
    pub(crate) by_name: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) partition: Partition,
    pub(crate) replace_where: bool,
    pub(crate) query: proto::Relation,
}

/// `SHOW`.
#[derive(Debug, Clone)]
pub(crate) enum Show {
    Tables { namespace: Option<Name>, pattern: Option<String> },
    TableExtended { namespace: Option<Name>, pattern: String },
    Views { namespace: Option<Name>, pattern: Option<String> },
    Namespaces { pattern: Option<String> },
    Catalogs { pattern: Option<String> },
    CurrentNamespace,
    Columns { table: Name },
    CreateTable { table: Name, serde: bool },
    Properties { table: Name, key: Option<String> },
    Partitions { table: Name, partition: Partition },
    Functions { scope: FunctionScope, pattern: Option<String> },
}

/// Which functions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionScope {
    All,
    System,
    User,
}

/// `DESCRIBE`.
#[derive(Debug, Clone)]
pub(crate) enum Describe {
    Table { name: Name, column: Option<Name>, extended: bool, json: bool },
    Namespace { name: Name, extended: bool },
    Function { name: Name, extended: bool },
    Query(Box<proto::Relation>),
}

/// `SET TIME ZONE`.
#[derive(Debug, Clone)]
pub(crate) enum TimeZone {
    Local,
    Named(String),
    /// Seconds east of Greenwich.
    Offset(i64),
}

/// `DECLARE VARIABLE`.
#[derive(Debug, Clone)]
pub(crate) struct Declare {
    pub(crate) names: Vec<Name>,
    pub(crate) replace: bool,
    pub(crate) data_type: Option<proto::DataType>,
    pub(crate) default: Option<proto::Relation>,
}

/// What variables are set to.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// A row of these; none for the default.
    List(Vec<Option<proto::Relation>>),
    Query(Box<proto::Relation>),
}

/// `CREATE FUNCTION`.
#[derive(Debug, Clone)]
pub(crate) struct CreateFunction {
    pub(crate) name: Name,
    pub(crate) temporary: bool,
    pub(crate) replace: bool,
    pub(crate) if_not_exists: bool,
    pub(crate) parameters: Vec<FunctionParameter>,
    /// The type of the value, or the columns of the table.
    pub(crate) returns: Option<proto::DataType>,
    pub(crate) is_table: bool,
    pub(crate) comment: Option<String>,
    pub(crate) body: String,
    /// The class that the function is, of which nothing but the name is known.
    pub(crate) class: Option<String>,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub(crate) struct FunctionParameter {
    pub(crate) name: String,
    pub(crate) data_type: proto::DataType,
    pub(crate) default: Option<proto::Expression>,
}

/// `EXECUTE IMMEDIATE`.
#[derive(Debug, Clone)]
pub(crate) struct Execute {
    /// A row of one text.
    pub(crate) text: proto::Relation,
    pub(crate) into: Vec<Name>,
    pub(crate) arguments: Vec<(proto::Expression, Option<String>)>,
}
