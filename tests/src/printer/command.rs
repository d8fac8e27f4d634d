//! Where one ESC/POS command ends and the next begins.
//!
//! Written from Epson's command reference and not from what our own programs send: the
//! simulator must find the cuts in a stranger's stream too.

/// One command, or one byte of text, at the beginning of the bytes; `None` until all of it is there.
pub(crate) fn first_command(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(..length(bytes)?)
}

fn length(bytes: &[u8]) -> Option<usize> {
    match *bytes.first()? {
        0x10 => dle_length(bytes),
        0x1b => esc_length(bytes),
        0x1c => fs_length(bytes),
        0x1d => gs_length(bytes),
        _ => Some(1),
    }
}

fn dle_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(1)? {
        0x04 | 0x05 => Some(3),
        0x14 => match *bytes.get(2)? {
            8 => Some(10),
            _ => Some(5),
        },
        _ => Some(1),
    }
}

fn esc_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(1)? {
        b'@' | b'2' | b'L' | b'S' | b'<' | b'i' | b'm' | 0x0c => Some(2),
        b'$' | b'\\' | b'c' => Some(4),
        b'p' => Some(5),
        b'W' => Some(10),
        b'D' => Some(3 + bytes.get(2..)?.iter().position(|byte| *byte == 0)?),
        b'*' => {
            let columns = usize::from(u16_at(bytes, 3)?);
            let bytes_per_column = if *bytes.get(2)? < 32 { 1 } else { 3 };
            Some(5 + columns * bytes_per_column)
        }
        _ => Some(3),
    }
}

fn fs_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(1)? {
        b'&' | b'.' => Some(2),
        b'S' | b'p' => Some(4),
        b'2' => Some(76),
        b'(' => Some(5 + usize::from(u16_at(bytes, 3)?)),
        _ => Some(3),
    }
}

fn gs_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(1)? {
        b'(' => Some(5 + usize::from(u16_at(bytes, 3)?)),
        b'8' => Some(7 + u32_at(bytes, 3)? as usize),
        b'v' => {
            let [width, rows] = [u16_at(bytes, 4)?, u16_at(bytes, 6)?].map(usize::from);
            Some(8 + width * rows)
        }
        b'*' => Some(4 + usize::from(*bytes.get(2)?) * usize::from(*bytes.get(3)?) * 8),
        b'V' => match *bytes.get(2)? {
            0 | 1 | 48 | 49 => Some(3),
            _ => Some(4),
        },
        b'k' => barcode_length(bytes),
        b'$' | b'\\' | b'L' | b'P' | b'W' => Some(4),
        b'^' => Some(5),
        b':' | 0x0c => Some(2),
        _ => Some(3),
    }
}

fn barcode_length(bytes: &[u8]) -> Option<usize> {
    match *bytes.get(2)? {
        0..=6 => Some(4 + bytes.get(3..)?.iter().position(|byte| *byte == 0)?),
        _ => Some(4 + usize::from(*bytes.get(3)?)),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([field[0], field[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([field[0], field[1], field[2], field[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_inside_of_an_image_is_no_command() {
        let image = [0x1d, b'v', b'0', 0, 2, 0, 2, 0, 0x1d, b'V', 0, 0, 0x0a];
        assert_eq!(first_command(&image), Some(&image[..12]));
        assert_eq!(first_command(&image[..11]), None);
    }

    #[test]
    fn every_beginning_of_a_command_waits_for_the_rest() {
        let commands: [&[u8]; 8] = [
            &[0x10, 0x04, 1],
            &[0x1b, b'*', 33, 1, 0, 1, 2, 3],
            &[0x1c, b'&'],
            &[0x1d, b'(', b'H', 6, 0, 48, 48, 1, 2, 3, 4],
            &[0x1d, b'V', 66, 0],
            &[0x1d, b'V', 1],
            &[0x1d, b'k', 4, b'1', 0],
            &[0x1b, b'D', 8, 16, 0],
        ];
        for command in commands {
            for end in 0..command.len() {
                assert_eq!(first_command(&command[..end]), None);
            }
            assert_eq!(first_command(command), Some(command));
        }
    }
}
