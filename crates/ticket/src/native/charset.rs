//! Which characters a printer's own font has. GB18030 encodes every character there is, so an
//! encoder never fails: the paper would, with an empty box or with two wrong characters.

/// What a printer's Chinese font was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// GB 2312-1980: 6,763 Chinese characters and 682 signs. Every Chinese printer has these.
    Gb2312,
    /// GBK: 21,003 Chinese characters, two bytes each.
    Gbk,
    /// GB 18030-2000: those of GBK, and extension A in four bytes.
    Gb18030,
}

impl Charset {
    /// By its name in a profile.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "gb2312" => Some(Self::Gb2312),
            "gbk" => Some(Self::Gbk),
            "gb18030" => Some(Self::Gb18030),
            _ => None,
        }
    }

    /// Whether the font has this character.
    pub fn has(self, character: char) -> bool {
        if character.is_ascii() {
            return !character.is_ascii_control();
        }
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        let (code, _, _) = encoding_rs::GB18030.encode(text);
        match (self, &*code) {
            (Self::Gb2312, [row, cell]) => is_gb2312(*row, *cell),
            (Self::Gbk | Self::Gb18030, [_, _]) => !is_private(character),
            (Self::Gb18030, [_, _, _, _]) => is_extension_a(character),
            _ => false,
        }
    }

    /// Whether the font has all of a text.
    pub(crate) fn has_all(self, text: &str) -> bool {
        text.chars().all(|character| self.has(character))
    }
}

/// GB 2312-1980 row by row; each byte of a code is its row or cell plus A0h.
fn is_gb2312(row: u8, cell: u8) -> bool {
    let cells: &[std::ops::RangeInclusive<u8>] = match row {
        0xa1 | 0xa3 => &[0xa1..=0xfe],
        0xa2 => &[0xb1..=0xe2, 0xe5..=0xee, 0xf1..=0xfc],
        0xa4 => &[0xa1..=0xf3],
        0xa5 => &[0xa1..=0xf6],
        0xa6 => &[0xa1..=0xb8, 0xc1..=0xd8],
        0xa7 => &[0xa1..=0xc1, 0xd1..=0xf1],
        0xa8 => &[0xa1..=0xba, 0xc5..=0xe9],
        0xa9 => &[0xa4..=0xef],
        0xb0..=0xd6 | 0xd8..=0xf7 => &[0xa1..=0xfe],
        0xd7 => &[0xa1..=0xf9],
        _ => &[],
    };
    cells.iter().any(|range| range.contains(&cell))
}

/// User-defined characters: no two printers have the same.
fn is_private(character: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&character)
}

fn is_extension_a(character: char) -> bool {
    ('\u{3400}'..='\u{4dbf}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb2312_has_as_many_characters_as_the_standard_says() {
        let all = || ('\u{80}'..=char::MAX).filter(|c| Charset::Gb2312.has(*c));
        let chinese = all().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
        assert_eq!(chinese.count(), 6_763);
        assert_eq!(all().count(), 6_763 + 682);
    }

    #[test]
    fn gbk_has_as_many_chinese_characters_as_the_standard_says() {
        let chinese = ('\u{4e00}'..='\u{9fa5}').filter(|c| Charset::Gbk.has(*c));
        assert_eq!(chinese.count(), 20_902);
    }

    #[test]
    fn each_font_has_its_own_and_none_has_what_came_later() {
        let has = |character| {
            [Charset::Gb2312, Charset::Gbk, Charset::Gb18030].map(|set| set.has(character))
        };
        for (character, expected) in [
            ('A', [true; 3]),
            ('号', [true; 3]),
            ('é', [true; 3]),
            ('─', [true; 3]),
            ('\n', [false; 3]),
            ('镕', [false, true, true]),
            ('ⅰ', [false, true, true]),
            ('㐂', [false, false, true]),
            ('ñ', [false; 3]),
            ('𠮷', [false; 3]),
            ('😀', [false; 3]),
            ('\u{e000}', [false; 3]),
        ] {
            assert_eq!(has(character), expected, "{character:?}");
        }
    }
}
