//! Is it learned or noise?

use convlens::rmt::{bulk, tail};
use convlens::{Analysis, LayerAnalysis};

use super::answer::{Answer, extremes, have};
use crate::derived::{no_bulk, spike_share};
use crate::number::{fixed, level, percent, plural, short};

/// What Clauset, Shalizi and Newman (2009) ask of a tail whose exponent is to be quoted.
const TAIL: usize = 50;
/// How many reasons for a missing bulk the answer names.
const REASONS: usize = 2;

pub(super) fn answer(analysis: &Analysis) -> Answer {
    let layers = &analysis.layers;
    let fits: Vec<(&LayerAnalysis, &bulk::Fit)> = layers
        .iter()
        .filter_map(|l| Some((l, l.statistics.value()?.marchenko_pastur.value()?)))
        .collect();
    let rate = analysis.settings.false_alarm_rate;
    let mut sentences = Vec::new();
    let lead = if fits.is_empty() {
        "No layer has eigenvalues to which a noise bulk could be fitted, so this analysis cannot say.".to_owned()
    } else {
        let spiked = fits.iter().filter(|(_, f)| f.spikes > 0).count();
        format!(
            "{spiked} of {} with enough eigenvalues {} spikes past the Tracy-Widom edge: eigenvalues beyond independent \
             noise of one variance; {} of layers of such noise would show any.{}",
            plural(fits.len(), "layer"),
            have(spiked),
            level(rate),
            verdict(spiked, fits.len())
        )
    };
    sentences.extend(spikes(&fits, rate));
    sentences.extend(bulks(&fits));
    sentences.extend(tails(layers));
    sentences.extend(untested(layers));
    Answer {
        question: "Is it learned or noise?",
        lead,
        sentences,
    }
}

fn verdict(spiked: usize, tested: usize) -> &'static str {
    if spiked == 0 {
        " None can be told from noise by this test."
    } else if spiked == tested {
        ""
    } else {
        " The others cannot be told from noise by this test."
    }
}

fn spikes(fits: &[(&LayerAnalysis, &bulk::Fit)], rate: f64) -> Option<String> {
    if fits.is_empty() {
        return None;
    }
    let total: usize = fits.iter().map(|(_, f)| f.spikes).sum();
    let noise = format!(
        "of {} of pure noise, {} would have any",
        plural(fits.len(), "layer"),
        trimmed(rate * fits.len() as f64)
    );
    if total == 0 {
        return Some(format!("There are no spikes; {noise}."));
    }
    let shares: Vec<(&LayerAnalysis, &bulk::Fit, f64)> = fits
        .iter()
        .filter(|(_, f)| f.spikes > 0)
        .map(|&(l, f)| (l, f, spike_share(l, f)))
        .collect();
    let (least, most) = extremes(&shares, |(_, _, share)| share)?;
    let word = |(layer, fit, share): (&LayerAnalysis, &bulk::Fit, f64)| {
        format!(
            "{} ({}, {} of {} eigenvalues)",
            percent(share),
            layer.name,
            fit.spikes,
            fit.m
        )
    };
    let range = if shares.len() == 1 {
        word(most)
    } else {
        format!("{} to {}", word(least), word(most))
    };
    Some(format!(
        "{} in all, holding {range} of the energy ({noise}). Whether training put them there, only the weights at \
         initialization can say.",
        plural(total, "spike")
    ))
}

/// At most three digits, without zeros at the end.
fn trimmed(value: f64) -> String {
    let text = short(value);
    if text.contains('.') && !text.contains('\u{d7}') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// The largest M' for which [`NEAR`] was simulated.
const SIMULATED: f64 = 512.0;
/// Over M': how far Gaussian noise of up to 512 x 512 was seen from its law (`tests/it/noise.rs`).
const NEAR: f64 = 4.0;

fn bulks(fits: &[(&LayerAnalysis, &bulk::Fit)]) -> Option<String> {
    // Noise eigenvalues repel each other: their distance from the law is of the order of 1 / M.
    let distances: Vec<(&LayerAnalysis, f64, f64)> = fits
        .iter()
        .map(|(l, f)| {
            let bulk = (f.m - f.spikes) as f64;
            (*l, bulk, f.ks_distance * bulk)
        })
        .collect();
    let (least, most) = extremes(&distances, |(_, _, scaled)| scaled)?;
    let words = |(layer, _, scaled): (&LayerAnalysis, f64, f64)| {
        format!("{} / M\u{2032} ({})", fixed(scaled, 1), layer.name)
    };
    let range = if distances.len() == 1 {
        words(most)
    } else {
        format!("{} to {}", words(least), words(most))
    };
    let judged: Vec<_> = distances
        .iter()
        .filter(|(_, bulk, _)| *bulk <= SIMULATED)
        .collect();
    let beyond = judged
        .iter()
        .filter(|(_, _, scaled)| *scaled > NEAR)
        .count();
    let mut text = format!(
        "The remaining bulks, of M\u{2032} eigenvalues, lie at D = {range} from the Marchenko-Pastur law. Gaussian noise \
         of up to 512 \u{d7} 512 stayed within four times 1 / M\u{2032}; the factor grows slowly with M\u{2032}."
    );
    if beyond > 0 {
        text.push_str(&format!(
            " {beyond} of {} went further: not such noise either.",
            plural(judged.len(), "layer")
        ));
    }
    if judged.len() < distances.len() {
        text.push_str(" Larger bulks are not judged.");
    }
    Some(text)
}

fn tails(layers: &[LayerAnalysis]) -> Option<String> {
    let fits: Vec<(&LayerAnalysis, &tail::Fit)> = layers
        .iter()
        .filter_map(|l| Some((l, l.statistics.value()?.power_law.value()?)))
        .collect();
    let (least, most) = extremes(&fits, |(_, f)| f.alpha)?;
    let words = |(layer, fit): (&LayerAnalysis, &tail::Fit)| {
        let interval = fit.intervals().map_or_else(String::new, |b| {
            format!(
                ", {} interval {} to {}",
                level(b.level),
                fixed(b.alpha.lower, 2),
                fixed(b.alpha.upper, 2)
            )
        });
        format!("{} ({}{interval})", fixed(fit.alpha, 2), layer.name)
    };
    let range = if fits.len() == 1 {
        format!("The tail exponent \u{3b1} is {}.", words(most))
    } else {
        format!(
            "Tail exponents \u{3b1} run from {} to {}.",
            words(least),
            words(most)
        )
    };
    let short = fits.iter().filter(|(_, f)| f.n_tail < TAIL).count();
    let caution = if short > 0 {
        format!(
            " {short} of {} hold fewer than the {TAIL} values that Clauset, Shalizi and Newman ask for.",
            plural(fits.len(), "tail")
        )
    } else {
        String::new()
    };
    Some(format!(
        "{range}{caution} A fitted exponent does not show that the tail is a power law."
    ))
}

fn untested(layers: &[LayerAnalysis]) -> Vec<String> {
    let reason = |layer: &LayerAnalysis| match &layer.statistics {
        convlens::Outcome::Value(s) => no_bulk(&s.marchenko_pastur),
        convlens::Outcome::Unavailable { reason } => Some(reason.clone()),
    };
    let bulks: Vec<(String, &str)> = layers
        .iter()
        .filter_map(|l| Some((reason(l)?, l.name.as_str())))
        .collect();
    let mut sentences = Vec::new();
    let mut further = 0;
    for (i, (reason, names)) in by_reason(bulks).into_iter().enumerate() {
        let layers = match names.as_slice() {
            [one] => (*one).to_owned(),
            [one, two] => format!("{one} and {two}"),
            [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
            [] => continue,
        };
        if i < REASONS {
            sentences.push(format!("No bulk was fitted in {layers}: {reason}."));
        } else {
            further += names.len();
        }
    }
    if further > 0 {
        sentences.push(format!(
            "{further} more bulks are missing, for reasons in the layers\u{2019} sections."
        ));
    }
    sentences
}

/// Names with the same reason together, in order of first appearance.
fn by_reason(list: Vec<(String, &str)>) -> Vec<(String, Vec<&str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for (reason, name) in list {
        match groups.iter_mut().find(|(r, _)| *r == reason) {
            Some((_, names)) => names.push(name),
            None => groups.push((reason, vec![name])),
        }
    }
    groups
}
