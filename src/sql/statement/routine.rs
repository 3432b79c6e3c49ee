//! `CREATE FUNCTION`, and scripts.

use crate::error::Result;
use crate::proto;
use crate::proto::data_type::{Kind as TypeKind, Struct, StructField};
use crate::sql::action::{Action, CreateFunction, FunctionParameter};
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// What stands behind `FUNCTION`.
    pub(super) fn new_function(&mut self, replace: bool, temporary: bool) -> Result<Action> {
        let if_not_exists = self.eat_words(&["IF", "NOT", "EXISTS"]);
        let name = self.table_name()?;
        let mut function = CreateFunction {
            name,
            temporary,
            replace,
            if_not_exists,
            parameters: Vec::new(),
            returns: None,
            is_table: false,
            comment: None,
            body: String::new(),
            class: None,
        };
        if self.word_at(0, "AS") && self.token(1).kind == Kind::String {
            self.bump();
            function.class = Some(self.string()?);
            self.resources()?;
            return Ok(Action::CreateFunction(Box::new(function)));
        }
        function.parameters = match self.symbol_at(0, "(") && self.symbol_at(1, ")") {
            true => {
                self.seek(self.index() + 2);
                Vec::new()
            }
            false => self.parenthesised(Self::parameter_of_function)?,
        };
        if self.eat_word("RETURNS") {
            self.returned(&mut function)?;
        }
        loop {
            if self.eat_word("COMMENT") {
                function.comment = Some(self.string()?);
            } else if self.any_word_at(0, &["LANGUAGE", "DETERMINISTIC", "CONTAINS", "READS"])
                || self.words(&["NOT", "DETERMINISTIC"])
                || self.words(&["SQL", "SECURITY"])
            {
                self.characteristic();
            } else {
                break;
            }
        }
        self.require_word("RETURN")?;
        function.body = match function.is_table || self.query_at(self.index()) {
            true => self.query_with_text()?.1,
            false => self.text_of_expression()?,
        };
        self.references.clear();
        Ok(Action::CreateFunction(Box::new(function)))
    }

    /// `USING JAR '..', FILE '..'`: where a class would be.
    fn resources(&mut self) -> Result<()> {
        if !self.eat_word("USING") {
            return Ok(());
        }
        loop {
            if !self.any_word_at(0, &["JAR", "FILE", "ARCHIVE"]) {
                return Err(self.unexpected());
            }
            self.bump();
            self.string()?;
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    /// `LANGUAGE SQL`, `NOT DETERMINISTIC` and the like, which change nothing here.
    fn characteristic(&mut self) {
        let words = match () {
            () if self.word_at(0, "DETERMINISTIC") => 1,
            () if self.word_at(0, "READS") => 3,
            () if self.words(&["SQL", "SECURITY"]) => 3,
            () => 2,
        };
        self.seek(self.index() + words);
    }

    fn returned(&mut self, function: &mut CreateFunction) -> Result<()> {
        if !(self.word_at(0, "TABLE")) {
            function.returns = Some(self.data_type()?);
            return Ok(());
        }
        self.bump();
        function.is_table = true;
        if self.symbol_at(0, "(") {
            let columns = self.parenthesised(Self::column_of_table)?;
            let fields: Vec<StructField> = columns.into_iter().map(|(field, _)| field).collect();
            let columns = Struct { fields, type_variation_reference: 0 };
            function.returns = Some(build::of_kind(TypeKind::Struct(columns)));
        }
        Ok(())
    }

    fn parameter_of_function(&mut self) -> Result<FunctionParameter> {
        let name = self.checked_identifier()?;
        let data_type: proto::DataType = self.data_type()?;
        let mut default = None;
        loop {
            if self.eat_word("DEFAULT") {
                default = Some(self.expression()?);
            } else if self.eat_word("COMMENT") {
                self.string()?;
            } else {
                return Ok(FunctionParameter { name, data_type, default });
            }
        }
    }

    /// `BEGIN .. END`.
    pub(super) fn script(&mut self) -> Result<Option<Action>> {
        let block = self.block(None)?;
        Ok(Some(Action::Script(Box::new(block))))
    }
}
