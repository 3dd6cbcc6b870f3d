//! The parameters on `flex`: slices of the memory that the module's tensors own.

use burn::backend::flex::FlexTensor;
use ravine::Parameter;

use crate::traverse::{Parameters, Taken};

/// Hands the parameters to `work`, and adds to `copies` for each tensor that had to be copied first.
pub fn with<R>(
    parameters: &mut Parameters<FlexTensor>,
    names: &[String],
    copies: &mut u64,
    work: impl FnOnce(&mut dyn Iterator<Item = Parameter<'_, f32>>) -> R,
) -> R {
    let parameters = parameters.taken.iter_mut().zip(names);
    work(&mut parameters.filter_map(|(taken, name)| slices(taken, name, copies)))
}

/// A parameter and its gradient as slices of the memory that their tensors own.
fn slices<'a>(
    taken: &'a mut Taken<FlexTensor>,
    name: &'a str,
    copies: &mut u64,
) -> Option<Parameter<'a, f32>> {
    let values = taken.values.as_mut()?;
    let (start, end) = match values.layout().contiguous_offsets() {
        Some(offsets) => {
            *copies += u64::from(!values.is_unique());
            offsets
        }
        None => {
            *copies += 1;
            *values = values.to_contiguous();
            (0, values.layout().num_elements())
        }
    };
    if let Some(gradient) = taken.gradient.as_mut()
        && !gradient.is_contiguous()
    {
        *copies += 1;
        *gradient = gradient.to_contiguous();
    }
    Some(Parameter {
        name,
        shape: Some(&taken.shape),
        // Copies if the memory is shared, so that whoever shares it keeps its values.
        values: &mut values.storage_mut::<f32>()[start..end],
        gradient: taken.gradient.as_ref().and_then(FlexTensor::as_slice),
        hessian: None,
    })
}
