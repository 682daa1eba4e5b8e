//! `/api/staff/{restaurant_id}/menu/file`: a menu as a file, to keep and to edit elsewhere.

use shared::{
    UserId,
    api::{FileMistake, MenuFile, MenuFileWrong, MenuSections, Problem, ProblemType},
    menu::{
        Section,
        file::{self, Mistake},
    },
    staff::Action,
};

use super::{menu::accepted, request::Request, response::Response, state::Api};
use crate::runtime::error::Error;

impl Api {
    /// What is published, as a file.
    pub(super) async fn menu_file(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        let menu = self.published_menu(&member.restaurant_id).await?;
        let text = file::write(&menu.sections, menu.currency)
            .map_err(|error| Error::dependency("writing a menu as a file", error))?;
        Ok(Response::private(200, &MenuFile { text })?.of_version(menu.version))
    }

    /// The menu of a file, which is not published by that. Where the file names no picture, a dish keeps that
    /// which it has.
    pub(super) async fn read_menu_file(
        &self,
        request: &Request,
        user: UserId,
    ) -> Result<Response, Error> {
        let member = self.member(request, user, Action::EditMenu).await?;
        let MenuFile { text } = request.json()?;
        let current = self.published_menu(&member.restaurant_id).await?;
        let mut sections = match file::read(&text, current.currency, MenuFileWrong::MAX) {
            Ok(sections) => sections,
            Err(mistakes) => return file_wrong(mistakes),
        };
        keep_pictures(&mut sections, &current.sections);
        match accepted(sections) {
            Ok(sections) => Response::private(200, &MenuSections { sections }),
            // Of the menu as a whole: no line of the file alone is wrong.
            Err(problem) => file_wrong(vec![Mistake { line: 1, text: problem.title }]),
        }
    }
}

fn keep_pictures(sections: &mut [Section], current: &[Section]) {
    for dish in sections.iter_mut().flat_map(|section| &mut section.dishes) {
        let mut dishes = current.iter().flat_map(|section| &section.dishes);
        if dish.art.is_empty()
            && let Some(same) = dishes.find(|it| it.dish_id == dish.dish_id)
        {
            dish.art.clone_from(&same.art);
        }
    }
}

fn file_wrong(mistakes: Vec<Mistake>) -> Result<Response, Error> {
    let title = "The file is not a menu; put right what is named, and read it again.";
    let problem = Problem::new(ProblemType::MenuFileWrong, title);
    let mistakes = mistakes.into_iter().map(|Mistake { line, text }| FileMistake {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        text,
    });
    let mistakes = mistakes.collect();
    Response::extended_problem(problem.status, &MenuFileWrong { problem, mistakes })
}
