//! Slips like those to come, drawn while nobody waits: an outline costs a hundred times what its
//! finished dots cost, and the first customer must not pay for it.

use client::{Table, slip};
use protocol::{Issued, ServiceRow};
use ticket::Slip;

/// What is to be rehearsed, once the hall has told of its services.
pub(crate) fn rehearsal(table: &Table) -> Option<Vec<Slip>> {
    let hall = table.hall()?;
    let services: Vec<&ServiceRow> = table.services().filter(|row| row.at_kiosk).collect();
    let first = *services.first()?;
    let of =
        |service: &ServiceRow, large_print| slip(&issued(service, &hall.day), table, large_print);
    let by_service = services
        .iter()
        .flat_map(|row| [of(row, false), of(row, true)]);
    let mut slips: Vec<Slip> = by_service.collect();
    slips.extend(of(first, false).rehearsals());
    slips.extend(hall.prefixes.iter().flat_map(|prefix| {
        let number = format!("{prefix}000");
        let alone = Slip {
            number,
            ..Slip::default()
        };
        alone.rehearsals()
    }));
    Some(slips)
}

/// A number of the service that nobody has.
fn issued(service: &ServiceRow, day: &str) -> Issued {
    Issued {
        number: format!("{}000", service.code),
        service: service.code.clone(),
        favoured: true,
        ahead: 10,
        wait: service.wait,
        issued_at: format!("{day} 00:00"),
        day: day.to_owned(),
        ..Issued::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::MockHall;

    #[test]
    fn every_service_and_every_figure_of_every_prefix_is_rehearsed() {
        let mut table = Table::default();
        assert!(rehearsal(&table).is_none());
        table.apply(MockHall::default().rows());
        let slips = rehearsal(&table).expect("the hall has services");
        for row in table.services().filter(|row| row.at_kiosk) {
            let of_service = slips.iter().filter(|slip| slip.service.zh == row.name.zh);
            let large = of_service.filter(|slip| slip.large_print).count();
            assert_eq!(large, 1, "{}", row.code);
        }
        for digit in 0..10 {
            let number = digit.to_string().repeat(3);
            assert!(slips.iter().any(|slip| slip.number.ends_with(&number)));
        }
    }
}
