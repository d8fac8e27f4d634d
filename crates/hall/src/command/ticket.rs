use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use hall::HallSettings;
use protocol::Text;
use queue::{ClassCode, ServiceCode};
use ticket::{
    Bilingual, Document, MissingPapers, Paper, Report, ReportLine, Slip, Typeface, render_preview,
};

use super::read_settings;

/// Look at the hall's tickets and other slips before they are printed.
#[derive(Debug, Args)]
pub(super) struct Ticket {
    #[command(subcommand)]
    command: TicketCommand,
}

#[derive(Debug, Subcommand)]
enum TicketCommand {
    /// Draw a ticket, or another slip, as it comes out of the printer
    Preview(Preview),
}

#[derive(Debug, Args)]
struct Preview {
    /// The settings, in TOML; without it the default hall
    #[arg(long)]
    settings: Option<PathBuf>,
    /// What is drawn
    #[arg(long, value_enum, default_value = "ticket")]
    paper: Kind,
    /// Width of the roll in millimetres: 80 or 58
    #[arg(long, default_value_t = 80)]
    width: u32,
    /// Dots an inch of the printer: 203 or 180
    #[arg(long, default_value_t = 203)]
    dpi: u32,
    /// Code of the service; without it the first one
    #[arg(long)]
    service: Option<String>,
    /// Code of the customer class; without it the first one
    #[arg(long)]
    class: Option<String>,
    /// As for somebody who asked for large letters
    #[arg(long)]
    large_print: bool,
    /// As for somebody who asked for the list of papers
    #[arg(long)]
    papers: bool,
    /// As the second paper of the same number
    #[arg(long)]
    reprint: bool,
    /// Where to write the picture, as PNG
    #[arg(long)]
    out: PathBuf,
}

/// What a hall prints.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A ticket
    Ticket,
    /// What a customer is to bring, from a counter
    MissingPapers,
    /// The figures of the day, from a counter
    Report,
}

impl Ticket {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.command {
            TicketCommand::Preview(preview) => preview.run(),
        }
    }
}

impl Preview {
    fn run(self) -> anyhow::Result<()> {
        let hall = read_settings(self.settings.as_deref())?;
        let paper = Paper::usual(self.width, self.dpi)
            .context("there is no such paper: --width is 80 or 58, --dpi is 203 or 180")?;
        let document: Box<dyn Document> = match self.paper {
            Kind::Ticket => Box::new(self.slip(&hall)?),
            Kind::MissingPapers => Box::new(self.missing_papers(&hall)?),
            Kind::Report => Box::new(report(&hall)),
        };
        let picture = render_preview(document.as_ref(), paper, &Typeface::load(None)?);
        let file = self.out.display();
        fs::write(&self.out, picture.to_png()?)
            .with_context(|| format!("{file} cannot be written"))?;
        let (dots, length) = (paper.dots, paper.tenths_mm(picture.height()));
        println!(
            "{file}: {dots} dots wide, {}.{} mm long",
            length / 10,
            length % 10
        );
        Ok(())
    }

    /// A ticket of a morning: the words are the hall's, the figures are made up.
    fn slip(&self, hall: &HallSettings) -> anyhow::Result<Slip> {
        let service = &hall.services[self.place_of_service(hall)?];
        let large_print = self.large_print || hall.ticket.large_print;
        let papers = self.papers || hall.ticket.papers;
        let example = Slip::example();
        Ok(Slip {
            hall: bilingual(&hall.name),
            number: format!("{}012", service.code),
            favoured: self.favoured(hall)?,
            service: bilingual(&service.name),
            zone: bilingual(&service.zone),
            counters: counters(hall, &service.code),
            missed_call_rule: bilingual(&hall.missed_call_rule),
            papers: match papers {
                true => service.papers.iter().map(bilingual).collect(),
                false => Vec::new(),
            },
            serial: "20261122-000012".into(),
            qr: None,
            copy: self.reprint.into(),
            large_print,
            template: hall.ticket.template.clone(),
            ..example
        })
    }

    /// For somebody who has brought the first of the service's papers alone.
    fn missing_papers(&self, hall: &HallSettings) -> anyhow::Result<MissingPapers> {
        let service = &hall.services[self.place_of_service(hall)?];
        let papers: Vec<Bilingual> = service.papers.iter().map(bilingual).collect();
        let there = papers.len().min(1);
        Ok(MissingPapers {
            hall: bilingual(&hall.name),
            number: format!("{}012", service.code),
            service: bilingual(&service.name),
            missing: papers[there..].to_vec(),
            again: papers[..there].to_vec(),
            template: hall.ticket.template.clone(),
            ..MissingPapers::example()
        })
    }

    fn place_of_service(&self, hall: &HallSettings) -> anyhow::Result<usize> {
        let codes = hall.services.iter().map(|service| service.code.to_string());
        let codes: Vec<String> = codes.collect();
        let place = match &self.service {
            None => Some(0),
            Some(code) => codes.iter().position(|known| known == code),
        };
        place.with_context(|| {
            let codes = codes.join(", ");
            format!("the hall has no such service; there are {codes}")
        })
    }

    fn favoured(&self, hall: &HallSettings) -> anyhow::Result<bool> {
        let Some(code) = &self.class else {
            return Ok(false);
        };
        let class = hall.class(&ClassCode::new(code)).with_context(|| {
            let codes: Vec<String> = hall
                .classes
                .iter()
                .map(|one| one.code.to_string())
                .collect();
            format!("the hall has no such class; there are {}", codes.join(", "))
        })?;
        Ok(class.favoured)
    }
}

/// The words are the hall's, the figures and the people are made up.
fn report(hall: &HallSettings) -> Report {
    let example = Report::example();
    let figures = example.services.iter().map(|line| line.figures).cycle();
    let line = |(code, name, figures)| ReportLine {
        code,
        name,
        figures,
    };
    let services = hall.services.iter().zip(figures.clone());
    let counters = hall.counters.iter().zip(figures);
    Report {
        hall: bilingual(&hall.name),
        services: services
            .map(|(service, figures)| (service.code.to_string(), bilingual(&service.name), figures))
            .map(line)
            .collect(),
        counters: counters
            .map(|((number, counter), figures)| {
                (number.0.to_string(), bilingual(&counter.name), figures)
            })
            .map(line)
            .collect(),
        languages: hall.ticket.template.languages,
        ..example
    }
}

fn bilingual(text: &Text) -> Bilingual {
    Bilingual::new(text.zh.as_str(), text.en.as_str())
}

fn counters(hall: &HallSettings, service: &ServiceCode) -> Bilingual {
    let takes = |rule: &queue::CounterPlan| rule.services().any(|code| code == service);
    let counters = hall
        .counters
        .iter()
        .filter(|(_, counter)| takes(&counter.rule));
    let numbers: Vec<u16> = counters.map(|(number, _)| number.0).collect();
    Bilingual::counters(&numbers)
}
