//! Where in a module a traversal stands.

/// The path of a parameter, such as `layers.0.weight`: a stack of names with points between them.
#[derive(Debug, Default)]
pub struct Path {
    text: String,
    /// The length of `text` before each name on the stack.
    lengths: Vec<usize>,
}

impl Path {
    pub fn push(&mut self, name: &str) {
        self.lengths.push(self.text.len());
        if !self.text.is_empty() {
            self.text.push('.');
        }
        self.text.push_str(name);
    }

    pub fn pop(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.text.truncate(length);
        }
    }

    pub fn as_str(&self) -> &str {
        // A parameter that is a module by itself has no path.
        if self.text.is_empty() {
            "parameter"
        } else {
            &self.text
        }
    }

    /// Makes `name` equal to the path; costs nothing if it already is.
    pub fn write_to(&self, name: &mut String) {
        if name != self.as_str() {
            self.as_str().clone_into(name);
        }
    }
}
