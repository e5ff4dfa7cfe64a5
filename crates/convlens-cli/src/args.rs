//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Explains a convolutional network from its weights.
///
/// Without a command, analyzes a small network for handwritten digits that comes with the program.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyze the digits network that comes with the program, on 450 held-out images
    ///
    /// The images are the UCI handwritten digits (E. Alpaydin and C. Kaynak, 1998,
    /// doi 10.24432/C50P49), CC BY 4.0.
    Demo(Settings),
    /// Analyze a model file
    Analyze {
        /// The model: .onnx, or .safetensors for weights alone
        model: PathBuf,
        /// Labelled inputs as a NumPy archive, e.g. with arrays `images` and `labels`; without
        /// them, class separation is left out
        #[arg(long, value_name = "NPZ")]
        inputs: Option<PathBuf>,
        #[command(flatten)]
        settings: Settings,
    },
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Settings {
    /// Folder for analysis.json and report.html
    #[arg(long, value_name = "DIR", default_value = "convlens-report")]
    pub(crate) out: PathBuf,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Label permutations of the separation's null
    #[arg(long, value_name = "N", default_value_t = 999)]
    pub(crate) permutations: usize,
    /// Leading directions of each layer that become features
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) directions: usize,
}

impl Default for Settings {
    /// What the parser gives when nothing is asked for.
    fn default() -> Self {
        let defaults = convlens::Settings::default();
        Settings {
            out: PathBuf::from("convlens-report"),
            seed: defaults.seed,
            permutations: defaults.permutations,
            directions: defaults.directions,
        }
    }
}

impl Settings {
    pub(crate) fn to_analysis(&self) -> convlens::Settings {
        convlens::Settings::default()
            .seed(self.seed)
            .permutations(self.permutations)
            .directions(self.directions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn no_command_and_demo_have_the_same_settings() {
        let Some(Command::Demo(parsed)) = Args::parse_from(["convlens", "demo"]).command else {
            panic!("demo expected")
        };
        let default = Settings::default();
        assert_eq!(parsed.out, default.out);
        assert_eq!(parsed.to_analysis(), default.to_analysis());
        assert_eq!(parsed.to_analysis(), convlens::Settings::default());
    }
}
