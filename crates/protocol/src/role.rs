use serde::{Deserialize, Serialize};

/// What a program is in the hall. It decides which acts it may ask and which rows it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A touch kiosk: takes tickets and says what became of the paper.
    Kiosk,
    /// A clerk's program: calls.
    Counter,
    /// A display: only listens.
    Wall,
    /// The tablet of a guide, who takes tickets on behalf of people and mends what went wrong.
    Guide,
    /// The screen of a supervisor, who may do what clerks and guides may.
    Supervisor,
    /// A customer's own telephone.
    Phone,
}

/// Who sees the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Customers at a kiosk or on their telephones.
    Customers,
    /// Clerks, guides and supervisors.
    Staff,
    /// Everybody in the room.
    Walls,
}

impl Role {
    /// Every role, in a fixed order.
    pub const ALL: [Self; 6] = [
        Self::Kiosk,
        Self::Counter,
        Self::Wall,
        Self::Guide,
        Self::Supervisor,
        Self::Phone,
    ];

    /// Which rows it sees.
    #[must_use]
    pub fn audience(self) -> Audience {
        match self {
            Self::Kiosk | Self::Phone => Audience::Customers,
            Self::Counter | Self::Guide | Self::Supervisor => Audience::Staff,
            Self::Wall => Audience::Walls,
        }
    }
}

impl Audience {
    /// Every audience, in a fixed order.
    pub const ALL: [Self; 3] = [Self::Customers, Self::Staff, Self::Walls];
}
