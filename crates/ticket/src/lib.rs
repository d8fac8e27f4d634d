//! A slip of paper: what it says, its lines, its ESC/POS bytes, a printer and its state.
