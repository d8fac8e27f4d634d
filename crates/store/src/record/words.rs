//! Words that are the same in the rules and on disk, and change into each other.

use queue::{CancelWhy, Channel, NoPaper, Requeue, Why};

use super::{CancelRecord, ChannelRecord, ReasonWhyRecord, RequeueRecord, WhyRecord};

/// Both directions between a word of the rules and its record, with no wildcard: a word that is
/// added on one side is missing here until it is thought about.
macro_rules! same_words {
    ($rule:ident, $record:ident: $($word:ident),+ $(,)?) => {
        impl From<$rule> for $record {
            fn from(rule: $rule) -> Self {
                match rule {
                    $($rule::$word => Self::$word,)+
                }
            }
        }

        impl From<$record> for $rule {
            fn from(record: $record) -> Self {
                match record {
                    $($record::$word => Self::$word,)+
                }
            }
        }
    };
}

same_words!(NoPaper, WhyRecord: PaperOut, CoverOpen, CutterJam, PrinterFault, Unreachable, Unknown, NoPrinter);
same_words!(CancelWhy, CancelRecord: HeldByNobody, Customer, Staff);
same_words!(Channel, ChannelRecord: Kiosk, Guide, Phone, WalkIn, Roll);
same_words!(Requeue, RequeueRecord: PutBack, HoldOver, Returned);
same_words!(Why, ReasonWhyRecord: Score, Reserved, Rank, PutFirst, Returned, Alone, Chosen);
