//! Scripts: `BEGIN .. END` with what flows through it. Statements and conditions are
//! kept as text: they are parsed when it is their turn, where variables are known.

use crate::error::Result;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

/// A block with variables and handlers of its own.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) label: Option<String>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) steps: Vec<Step>,
}

/// What to do about an error.
#[derive(Debug, Clone)]
pub(crate) struct Handler {
    /// Whether the block ends behind it.
    pub(crate) exits: bool,
    pub(crate) conditions: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// A step of a script.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Any statement.
    Statement(String),
    /// Names and text of `SET a = 1`, where no `VAR` is needed.
    Assign(String),
    Block(Block),
    If {
        branches: Vec<(String, Vec<Step>)>,
        otherwise: Vec<Step>,
    },
    Case {
        value: Option<String>,
        branches: Vec<(String, Vec<Step>)>,
        otherwise: Option<Vec<Step>>,
    },
    While {
        label: Option<String>,
        condition: String,
        steps: Vec<Step>,
    },
    Repeat {
        label: Option<String>,
        until: String,
        steps: Vec<Step>,
    },
    Loop {
        label: Option<String>,
        steps: Vec<Step>,
    },
    For {
        label: Option<String>,
        variable: Option<String>,
        query: String,
        steps: Vec<Step>,
    },
    Leave(String),
    Iterate(String),
}

impl Parser<'_> {
    /// `BEGIN .. END [label]`.
    pub(super) fn block(&mut self, label: Option<String>) -> Result<Block> {
        self.require_word("BEGIN")?;
        let mut block = Block { label, handlers: Vec::new(), steps: Vec::new() };
        while !self.ends_block() {
            match self.handler_ahead() {
                true => {
                    let handler = self.handler()?;
                    block.handlers.push(handler);
                }
                false => {
                    let step = self.nested(Self::step)?;
                    block.steps.push(step);
                }
            }
            self.require(";")?;
        }
        self.require_word("END")?;
        if block.label.is_some() && self.identifier_at(0) && self.kind() != Kind::End {
            self.identifier()?;
        }
        Ok(block)
    }

    fn ends_block(&self) -> bool {
        self.word_at(0, "END")
    }

    fn handler_ahead(&self) -> bool {
        self.word_at(0, "DECLARE")
            && self.any_word_at(1, &["EXIT", "CONTINUE"])
            && self.word_at(2, "HANDLER")
    }

    fn handler(&mut self) -> Result<Handler> {
        self.require_word("DECLARE")?;
        let exits = self.eat_word("EXIT");
        if !exits {
            self.require_word("CONTINUE")?;
        }
        self.require_words(&["HANDLER", "FOR"])?;
        let conditions = self.list(Self::handled)?;
        let steps = match self.word_at(0, "BEGIN") {
            true => vec![Step::Block(self.block(None)?)],
            false => vec![self.nested(Self::step)?],
        };
        Ok(Handler { exits, conditions, steps })
    }

    /// A condition: `SQLEXCEPTION`, `NOT FOUND`, `SQLSTATE 'x'` or a name.
    fn handled(&mut self) -> Result<String> {
        if self.eat_words(&["NOT", "FOUND"]) {
            return Ok("NOT FOUND".to_owned());
        }
        if self.eat_word("SQLSTATE") {
            self.eat_word("VALUE");
            return self.string();
        }
        Ok(self.multipart_identifier()?.join(".").to_uppercase())
    }

    fn step(&mut self) -> Result<Step> {
        let label = match self.identifier_at(0) && self.symbol_at(1, ":") {
            true => {
                let label = self.identifier()?;
                self.require(":")?;
                Some(label)
            }
            false => None,
        };
        if self.word_at(0, "BEGIN") {
            return self.block(label).map(Step::Block);
        }
        if self.eat_word("WHILE") {
            let condition = self.condition_text()?;
            let steps = self.steps_between("DO", &["END"])?;
            self.close("WHILE", &label)?;
            return Ok(Step::While { label, condition, steps });
        }
        if self.eat_word("REPEAT") {
            let steps = self.steps_until(&["UNTIL"])?;
            self.require_word("UNTIL")?;
            let until = self.condition_text()?;
            self.close("REPEAT", &label)?;
            return Ok(Step::Repeat { label, until, steps });
        }
        if self.eat_word("LOOP") {
            let steps = self.steps_until(&["END"])?;
            self.close("LOOP", &label)?;
            return Ok(Step::Loop { label, steps });
        }
        if self.eat_word("FOR") {
            return self.for_loop(label);
        }
        if self.eat_word("IF") {
            return self.if_step();
        }
        if self.eat_word("CASE") {
            return self.case_step();
        }
        if self.eat_word("LEAVE") {
            return self.identifier().map(Step::Leave);
        }
        if self.eat_word("ITERATE") {
            return self.identifier().map(Step::Iterate);
        }
        self.plain_step()
    }

    fn plain_step(&mut self) -> Result<Step> {
        let start = self.token(0).start;
        let is_assignment = self.word_at(0, "SET")
            && (self.identifier_at(1) || self.symbol_at(1, "("))
            && !self.any_word_at(1, &["VAR", "VARIABLE", "SESSION", "TIME", "CATALOG"]);
        if is_assignment {
            self.bump();
            let start = self.token(0).start;
            self.assignment_of_variables()?;
            return Ok(Step::Assign(self.text_since(start)));
        }
        self.statement()?;
        self.references.clear();
        Ok(Step::Statement(self.text_since(start)))
    }

    fn text_since(&self, start: usize) -> String {
        let end = self.token_at(self.index().saturating_sub(1)).end;
        self.slice(start, end).to_owned()
    }

    fn condition_text(&mut self) -> Result<String> {
        let start = self.token(0).start;
        let looping = std::mem::replace(&mut self.looping, true);
        self.expression()?;
        self.looping = looping;
        self.references.clear();
        Ok(self.text_since(start))
    }

    fn steps_between(&mut self, opening: &str, closing: &[&str]) -> Result<Vec<Step>> {
        self.require_word(opening)?;
        self.steps_until(closing)
    }

    fn steps_until(&mut self, closing: &[&str]) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        while !self.any_word_at(0, closing) {
            steps.push(self.nested(Self::step)?);
            self.require(";")?;
        }
        Ok(steps)
    }

    /// `END WHILE [label]`.
    fn close(&mut self, word: &str, label: &Option<String>) -> Result<()> {
        self.require_words(&["END", word])?;
        if label.is_some() && self.identifier_at(0) {
            self.identifier()?;
        }
        Ok(())
    }

    fn for_loop(&mut self, label: Option<String>) -> Result<Step> {
        let variable = match self.identifier_at(0) && self.word_at(1, "AS") {
            true => {
                let name = self.identifier()?;
                self.bump();
                Some(name)
            }
            false => None,
        };
        let start = self.token(0).start;
        let looping = std::mem::replace(&mut self.looping, true);
        self.query()?;
        self.looping = looping;
        let query = self.text_since(start);
        let steps = self.steps_between("DO", &["END"])?;
        self.close("FOR", &label)?;
        Ok(Step::For { label, variable, query, steps })
    }

    fn if_step(&mut self) -> Result<Step> {
        let mut branches = Vec::new();
        loop {
            let condition = self.condition_text()?;
            let steps = self.steps_between("THEN", &["ELSEIF", "ELSE", "END"])?;
            branches.push((condition, steps));
            if !self.eat_word("ELSEIF") {
                break;
            }
        }
        let otherwise = match self.eat_word("ELSE") {
            true => self.steps_until(&["END"])?,
            false => Vec::new(),
        };
        self.require_words(&["END", "IF"])?;
        Ok(Step::If { branches, otherwise })
    }

    fn case_step(&mut self) -> Result<Step> {
        let value = match self.word_at(0, "WHEN") {
            true => None,
            false => Some(self.condition_text()?),
        };
        let mut branches = Vec::new();
        while self.eat_word("WHEN") {
            let condition = self.condition_text()?;
            let steps = self.steps_between("THEN", &["WHEN", "ELSE", "END"])?;
            branches.push((condition, steps));
        }
        let otherwise = match self.eat_word("ELSE") {
            true => Some(self.steps_until(&["END"])?),
            false => None,
        };
        self.require_words(&["END", "CASE"])?;
        Ok(Step::Case { value, branches, otherwise })
    }
}
